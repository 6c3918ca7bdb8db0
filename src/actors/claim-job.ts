import { fromPromise } from 'xstate';
import { isSilence, toReason } from '../protocol/errors.ts';
import type { JobDirectory } from '../io/disk/job-files.ts';
import type { ClaimReply } from '../protocol/runner.ts';
import type { ClaimOutput } from '../machines/runner.setup.ts';
import { createAttempt, type Attempt, type Attempts } from './attempt.ts';
import { toDiskFull } from './disk-full.ts';
import { pauseAfterMs } from './pause-after.ts';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

interface ClaimInput {
  attempt: string;
  session: string;
  renewMs: number;
}

/** Claims an offer: one idempotent call that raises the fence; secrets go to their file, never into a machine. */
export const createClaimJob = (world: World, attempts: Attempts, sessions: Sessions) =>
  fromPromise<ClaimOutput, ClaimInput>(async ({ input, signal }) => {
    let claimed: ClaimReply | null = null;
    try {
      // First, so that a full disk shows before the job is ours.
      const directory = await world.jobFiles.create(input.attempt);
      claimed = await ask(world, sessions, input, signal);
      const { spec, fence } = claimed;
      attempts.set(input.attempt, await keep(world, claimed, directory));
      const remainingMs = Math.min(spec.maxExecutionMs, world.settings.maxExecutionMs);
      return { claimed: true, job: { spec, fence, renewMs: input.renewMs, remainingMs, found: null } };
    } catch (error) {
      const reason = toReason(toDiskFull(error, input.attempt));
      world.logger.info({ attempt: input.attempt, reason }, 'offer not claimed');
      await world.jobFiles.remove(input.attempt).catch(() => {});
      return { claimed: false, attempt: input.attempt, reason, isStranded: claimed !== null };
    }
  });

/** Until there is an answer: a lost one may have said yes, and the same question has the same answer. */
const ask = async (world: World, sessions: Sessions, input: ClaimInput, signal: AbortSignal): Promise<ClaimReply> => {
  for (let misses = 0; ; misses += 1) {
    try {
      return await world.api.claim(sessions.token, { session: input.session, attempt: input.attempt });
    } catch (error) {
      if (!isSilence(error) || signal.aborted) throw error;
      await world.clock.wait(pauseAfterMs(misses), signal);
    }
  }
};

/** Both files are on disk before anything is done with the claim. */
const keep = async (
  world: World,
  { spec, fence, jobToken, secrets }: ClaimReply,
  directory: JobDirectory,
): Promise<Attempt> => {
  const { masks } = world.createEnvironment({ pass: world.settings.passEnvironment, step: {}, secrets });
  const kept = { jobToken, secrets, masks };
  const attempt = await createAttempt(world, { spec, fence, directory, secrets: kept, life: 1, earlier: [] });
  try {
    await Promise.all([directory.writeSecrets(kept), attempt.journal.barrier()]);
    return attempt;
  } catch (error) {
    await attempt.journal.close().catch(() => {});
    throw error;
  }
};
