import { wait } from '../clock.ts';
import { signal } from '../preact.ts';
import { ApiError } from './api.ts';

/** Whether the control plane answers: shown as a banner. */
export const connection = signal<'ok' | 'lost' | 'signedOut'>('ok');

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Resolves when somebody can see the page; a hidden one holds no connection (browsers allow six to one host). */
const untilVisible = (aborted: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (!document.hidden || aborted.aborted) return resolve();
    const done = () => {
      if (document.hidden && !aborted.aborted) return;
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    aborted.addEventListener('abort', done, { once: true });
  });

const abortWhenHidden = (): { aborted: AbortController; release: () => void } => {
  const aborted = new AbortController();
  const check = () => document.hidden && aborted.abort();
  document.addEventListener('visibilitychange', check);
  return { aborted, release: () => document.removeEventListener('visibilitychange', check) };
};

const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status < 500 && error.status !== 429;

/**
 * Calls `ask` again and again: it answers how long to pause before the next call, or null when there is nothing more to
 * come. A lost connection is retried for ever, more and more slowly; a refusal ends it. Returns how to stop.
 */
export const watch = (
  ask: (aborted: AbortSignal) => Promise<number | null>,
  onRefused: (error: ApiError) => void,
): (() => void) => {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopped.signal.aborted) {
      await untilVisible(stopped.signal);
      const { aborted, release } = abortWhenHidden();
      try {
        const pauseMs = await ask(AbortSignal.any([stopped.signal, aborted.signal]));
        failures = 0;
        connection.value = 'ok';
        if (pauseMs === null) return;
        await wait(pauseMs, stopped.signal);
      } catch (error) {
        if (stopped.signal.aborted || aborted.signal.aborted) continue;
        if (isRefusal(error)) {
          if (error.status === 401) connection.value = 'signedOut';
          return onRefused(error);
        }
        connection.value = 'lost';
        await wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++), stopped.signal);
      } finally {
        release();
      }
    }
  };
  void run();
  return () => stopped.abort();
};
