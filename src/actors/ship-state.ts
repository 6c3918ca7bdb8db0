import { fromCallback } from 'xstate';
import { attemptOf, type Attempts } from './attempt.ts';

/** Ships the state while the tool writes it, where this job changes a managed one. */
export const createShipState = (attempts: Attempts) =>
  fromCallback<{ type: 'never' }, { attempt: string }>(({ input }) => {
    const stop = new AbortController();
    void attemptOf(attempts, input.attempt).state?.run(stop.signal);
    return () => stop.abort();
  });
