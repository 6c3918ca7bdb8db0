import { uptime } from 'node:os';

/**
 * The one door for time. `now` is wall time (epoch ms, may jump), `elapsed` never goes back and counts suspend.
 * Timers keep the process alive unless `unref` is set; waits end early when `signal` aborts.
 */
export interface Clock {
  now(): number;
  elapsed(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  /** Resolves after `ms`, or at once when aborted: it never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

export const createClock = (): Clock => {
  const setTimer = (callback: () => void, ms: number) => setTimeout(callback, Math.min(ms, MAX_TIMER_MS));
  return {
    now: () => Date.now(),
    // Since boot, in steps of 10 ms: `performance.now()` stops while the host sleeps.
    elapsed: () => Math.round(uptime() * 1000),
    setTimeout: setTimer,
    clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimer(done, ms);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
};
