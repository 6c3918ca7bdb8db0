import { fromPromise } from 'xstate';
import { isSilence, SignalboxError } from '../protocol/errors.ts';
import { Phase } from '../protocol/status.ts';
import type { Renewal } from '../machines/lease.machine.ts';
import { attemptOf, type Attempts } from './attempt.ts';

/** Asks for more time. Only the control plane's word ends a lease: silence is an error, tried again for ever. */
export const createRenewLease = (attempts: Attempts) =>
  fromPromise<Renewal, { attempt: string; fence: number }>(async ({ input }) => {
    const { api, phase, progress } = attemptOf(attempts, input.attempt);
    try {
      await api.renew({ phase: Phase.catch('running').parse(phase), progress });
      return { outcome: 'renewed' };
    } catch (error) {
      if (error instanceof SignalboxError && error.code === 'FENCED') return { outcome: 'fenced' };
      if (error instanceof SignalboxError && !isSilence(error)) return { outcome: 'lost' };
      throw error;
    }
  });
