import { fromPromise } from 'xstate';
import type { RetryNotice } from '../machines/slots.ts';
import { attemptOf, type Attempts } from './attempt.ts';
import { LOG_LINES } from './log-lines.ts';

/** Says in the job's log that something is tried again, when, and why. */
export const createTellRetry = (attempts: Attempts) =>
  fromPromise<void, RetryNotice>(async ({ input }) => {
    attemptOf(attempts, input.attempt).say(LOG_LINES.again(input));
  });
