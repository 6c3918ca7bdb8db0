import { fromPromise } from 'xstate';
import { toReason } from '../protocol/errors.ts';
import type { ClaimOutput } from '../machines/runner.setup.ts';
import { createAttempt, type Attempts } from './attempt.ts';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

/** Claims an offer: one idempotent call that raises the fence; secrets go to their file, never into a machine. */
export const createClaimJob = (world: World, attempts: Attempts, sessions: Sessions) =>
  fromPromise<ClaimOutput, { attempt: string; session: string; renewMs: number }>(async ({ input }) => {
    try {
      const { spec, fence, jobToken, secrets } = await world.api.claim(sessions.token, {
        session: input.session,
        attempt: input.attempt,
      });
      const { masks } = world.createEnvironment({ pass: world.settings.passEnvironment, step: {}, secrets });
      const directory = await world.jobFiles.create(input.attempt);
      const kept = { jobToken, secrets, masks };
      const attempt = await createAttempt(world, { spec, fence, directory, secrets: kept, life: 1, earlier: [] });
      // Both are on disk before anything is done with the claim.
      await Promise.all([directory.writeSecrets(kept), attempt.journal.barrier()]);
      attempts.set(input.attempt, attempt);
      const remainingMs = Math.min(spec.maxExecutionMs, world.settings.maxExecutionMs);
      return { claimed: true, job: { spec, fence, renewMs: input.renewMs, remainingMs, found: null } };
    } catch (error) {
      world.logger.info({ attempt: input.attempt, reason: toReason(error) }, 'offer not claimed');
      return { claimed: false, attempt: input.attempt, reason: toReason(error) };
    }
  });
