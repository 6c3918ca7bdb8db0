import { fromPromise } from 'xstate';
import type { PermitOutput } from '../machines/step.machine.ts';
import { isSilence, SignalboxError, toReason } from '../protocol/errors.ts';
import { attemptOf, type Attempts } from './attempt.ts';
import { isDiskFull } from './disk-full.ts';
import type { World } from './world.ts';

const RETRY_MS = 500;

/**
 * One fence-checked answer of the control plane, journalled. While it cannot be asked, or its answer cannot be written down, the
 * step waits: it has not begun, so nothing is lost by that. The permit is good for a few seconds of a clock that counts suspend.
 */
export const createAskPermit = (world: World, attempts: Attempts) =>
  fromPromise<PermitOutput, { attempt: string; fence: number; step: string }>(async ({ input, signal }) => {
    const { api, journal } = attemptOf(attempts, input.attempt);
    const { clock } = world;
    // From the permit on nobody else takes the job: so whoever asks must still know of it after a crash.
    await journal.barrier();
    while (!signal.aborted) {
      const askedAt = clock.elapsed();
      try {
        const reply = await api.permit(input.step);
        if (!reply.permitted) return { permitted: false, reason: reply.reason ?? refusal(input.step, 'it said no') };
        const validUntilElapsed = askedAt + reply.validMs;
        journal.append({
          kind: 'mark',
          at: clock.now(),
          mark: 'permit',
          data: { step: input.step, fence: input.fence },
        });
        await journal.barrier();
        return { permitted: true, validUntilElapsed };
      } catch (error) {
        if (!isSilence(error) && !isDiskFull(error)) return { permitted: false, reason: toReason(error) };
        await clock.wait(RETRY_MS, signal);
      }
    }
    return { permitted: false, reason: refusal(input.step, 'the job was stopped') };
  });

const refusal = (step: string, problem: string) => toReason(new SignalboxError('PERMIT_REFUSED', { step, problem }));
