// test/fixtures/bin/runner.ts, and more: on SIGUSR2, once it holds no job, it collects its garbage and says what is left.
// Needs `--expose-gc`.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { startConfiguredRunner, type RunnerOptions } from '../../src/cli/compose/runner.ts';
import { createLogger } from '../../src/io/logger.ts';

export interface Holding {
  type: 'holding';
  heapBytes: number;
  /** Of buffers and other things outside of the heap. */
  externalBytes: number;
  rssBytes: number;
  descriptors: number;
  timers: number;
  /** In its directories: all but the traces of sealed jobs. */
  entries: number;
}

const options = JSON.parse(await text(process.stdin)) as RunnerOptions;
const runner = await startConfiguredRunner({ ...options, logger: createLogger({ level: 'warn', file: 2 }) });

const COLLECTIONS = 4;
const LOOK_MS = 20;
const list = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);
const countEntries = (): number => {
  const jobs = join(options.stateDirectory, 'jobs');
  const left = list(jobs).flatMap((attempt) => list(join(jobs, attempt)).filter((name) => name !== 'trace.ndjson'));
  return left.length + list(options.temporaryDirectory).length;
};
const tell = async (): Promise<void> => {
  while (runner.held() > 0) await pause(LOOK_MS);
  // What is freed by one collection may hold what the next one frees.
  for (let count = 0; count < COLLECTIONS; count++) {
    globalThis.gc?.();
    await pause(LOOK_MS);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const holding: Holding = {
    type: 'holding',
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    descriptors: list('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    entries: countEntries(),
  };
  process.stdout.write(`${JSON.stringify(holding)}\n`);
};
process.on('SIGUSR2', () => void tell());
process.on('SIGTERM', () => runner.drain());
await runner.over;
await runner.close();
