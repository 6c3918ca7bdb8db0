import type { Clock } from '../io/clock.ts';
import type { Wake } from './context.ts';

export interface Hold {
  topic: string;
  waitMs: number;
  /** The caller: an answer that nobody waits for is not held. */
  signal: AbortSignal;
}

/**
 * A long poll: looks, and where there is nothing new waits for `topic` and looks again, until `waitMs` are over.
 * It subscribes before it looks, so that nothing falls between the two.
 */
export const holdUntil = async <T>(
  context: { clock: Clock; wake: Wake },
  hold: Hold,
  look: () => Promise<{ value: T; isNew: boolean }>,
): Promise<T> => {
  const until = context.clock.elapsed() + hold.waitMs;
  const leave = new AbortController();
  const abort = () => leave.abort();
  hold.signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const leftMs = until - context.clock.elapsed();
      const woken = leftMs > 0 && !hold.signal.aborted ? context.wake.wait(hold.topic, leftMs, leave.signal) : null;
      const { value, isNew } = await look();
      if (isNew || woken === null) return value;
      await woken;
    }
  } finally {
    hold.signal.removeEventListener('abort', abort);
    leave.abort();
  }
};
