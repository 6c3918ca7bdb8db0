import type { Clock } from '../../io/clock.ts';
import { CHANNEL, type Wake } from '../context.ts';
import type { Store } from './store.ts';

/** Turns notifications of `CHANNEL` into woken waits. An empty payload (some may have been missed) wakes everybody. */
export const createWake = async (store: Store, clock: Clock): Promise<Wake & { close(): Promise<void> }> => {
  const waiters = new Map<string, Set<(isWoken: boolean) => void>>();
  const end = (topic: string, isWoken: boolean): void => {
    for (const finish of waiters.get(topic) ?? []) finish(isWoken);
  };
  const endAll = (isWoken: boolean): void => {
    for (const topic of waiters.keys()) end(topic, isWoken);
  };
  const stop = await store.listen(CHANNEL, (payload) => (payload === '' ? endAll(true) : end(payload, true)));

  return {
    wait: (topic, waitMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve(false);
        const others = waiters.get(topic) ?? new Set();
        const finish = (isWoken: boolean): void => {
          clock.clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          others.delete(finish);
          if (others.size === 0 && waiters.get(topic) === others) waiters.delete(topic);
          resolve(isWoken);
        };
        const abort = () => finish(false);
        const timer = clock.setTimeout(abort, waitMs);
        signal?.addEventListener('abort', abort, { once: true });
        waiters.set(topic, others.add(finish));
      }),
    close: async () => {
      await stop();
      endAll(false);
    },
  };
};
