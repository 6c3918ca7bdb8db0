import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What is counted, as Prometheus reads it. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The Prometheus door: the process's own numbers, and the runner's, asked when they are read. */
export const createMetrics = (runner: {
  held(): number;
  isOnline(): boolean;
  /** Why it takes nothing new; null: it is well. */
  problem(): unknown;
  slots: number;
  version: string;
}): Metrics => {
  const registry = new Registry();
  // Every 10 ms, the package's own choice, is a hundred wake-ups a second of a runner that is idle.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1000 });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('runner_jobs', 'Jobs that the runner holds.', runner.held);
  gauge('runner_slots', 'Jobs that the runner may hold at the same time.', () => runner.slots);
  gauge('runner_online', '1 while the runner has a session with its control plane.', () => (runner.isOnline() ? 1 : 0));
  gauge('runner_problem', '1 while its disk is full or a journal cannot be written: nothing new is taken.', () =>
    runner.problem() === null ? 0 : 1,
  );
  new Gauge({ name: 'runner_info', help: 'Always 1.', labelNames: ['version'], registers: [registry] }).set(
    { version: runner.version },
    1,
  );
  return { contentType: registry.contentType, text: () => registry.metrics() };
};
