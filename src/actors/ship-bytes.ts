import { fromCallback } from 'xstate';
import { attemptOf, type Attempts } from './attempt.ts';
import type { Desires } from './desires.ts';

/** Moves an attempt's log and events while its job actor lives, and lets the attempt go when that is over. */
export const createShipBytes = (attempts: Attempts, desires: Desires) =>
  fromCallback<{ type: 'never' }, { attempt: string }>(({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    const stop = new AbortController();
    desires.repeat(input.attempt);
    const running = Promise.all([attempt.log.run(stop.signal), attempt.outbox.run(stop.signal)]);
    return () => {
      stop.abort();
      attempts.delete(input.attempt);
      desires.forget(input.attempt);
      for (const tail of attempt.tails) tail.close();
      void running.catch(() => {}).then(() => attempt.journal.close());
    };
  });
