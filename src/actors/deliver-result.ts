import { fromPromise } from 'xstate';
import type { DeliveryOutput } from '../machines/delivery.machine.ts';
import type { JobOutcome } from '../machines/job-outcome.ts';
import type { Result } from '../protocol/attempt.ts';
import { SignalboxError, toReason } from '../protocol/errors.ts';
import type { StateHead } from '../protocol/job.ts';
import type { Reason } from '../protocol/status.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { readFindings, type Findings } from './findings.ts';
import { isOver } from './is-over.ts';
import { PASSES } from './state-shipper.ts';
import type { World } from './world.ts';

/** Sends what the result rests on, then the result. Throws while anything is missing: the delivery machine tries again. */
export const createDeliverResult = (world: World, attempts: Attempts) =>
  fromPromise<DeliveryOutput, { attempt: string; fence: number }>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    try {
      attempt.result ??= await complete(world, attempt);
      const reply = await attempt.api.sendResult(attempt.result);
      if (reply.status === 'sealed') {
        attempt.outbox.close();
        return { fate: 'sealed' };
      }
      attempt.result = null;
      const { logFrom, eventsFrom, artifacts } = reply.missing;
      if (logFrom !== null) attempt.log.rewind(logFrom);
      if (eventsFrom !== null) attempt.outbox.rewind(eventsFrom);
      for (const sha256 of artifacts) attempt.handedOver.delete(sha256);
      throw new Error('The control plane still misses something of the result.');
    } catch (error) {
      if (isOver(error)) return { fate: 'evidence' };
      world.logger.debug({ attempt: input.attempt, error }, 'result not delivered yet');
      throw error;
    }
  });

/** Where the attempt was given away the result is offered all the same: it is refused too, and kept as evidence. */
const unlessOver = (error: unknown): null => {
  if (!isOver(error)) throw error;
  return null;
};

const complete = async (world: World, attempt: Attempt): Promise<Result> => {
  const findings = await readFindings(world, attempt);
  const { spec, fence, prepared, outcome, log, outbox } = attempt;
  if (!outcome) throw new Error(`The attempt ${spec.attempt} has no outcome.`);
  const sendArtifact = async ({ ref, file }: Findings['artifacts'][number]): Promise<void> => {
    if (attempt.handedOver.has(ref.sha256)) return;
    await attempt.api.writeArtifact(ref, world.files.stream(file));
    attempt.handedOver.add(ref.sha256);
  };
  const [state] = await Promise.all([
    finishState(attempt).catch(unlessOver),
    log
      .drained()
      .then(() => log.flush())
      .catch(unlessOver),
    outbox.flush().catch(unlessOver),
    ...findings.artifacts.map((artifact) => sendArtifact(artifact).catch(unlessOver)),
  ]);
  // The state may have been refused meanwhile, which is told.
  const events = (await outbox.flush().catch(unlessOver)) ?? outbox.count;
  return {
    attempt: spec.attempt,
    fence,
    ...withRefusal(outcome, attempt.stateRefusal),
    startedAt: prepared?.startedAt ?? findings.finishedAt,
    finishedAt: findings.finishedAt,
    log: { bytes: log.bytes, sha256: log.digest() },
    events,
    state,
    plan: findings.plan,
    artifacts: findings.artifacts.map(({ ref }) => ref),
    summary: findings.summary,
    outputs: findings.outputs,
  };
};

/**
 * A last refusal of the state shows only here: what is told is that it was refused, and the result says so. One that was refused
 * before is offered all the same in its final form: it is kept as evidence, and may be what settles the job.
 */
const finishState = async (attempt: Attempt): Promise<StateHead | null> => {
  if (!attempt.state) return null;
  try {
    const head = await attempt.state.finish();
    return attempt.stateRefusal ? null : head;
  } catch (error) {
    if (!(error instanceof SignalboxError) || isOver(error) || PASSES.has(error.code)) throw error;
    if (attempt.stateRefusal) return null;
    attempt.stateRefusal = toReason(error);
    attempt.outbox.tell({ type: 'note', level: 'error', message: error.message });
    return null;
  }
};

const withRefusal = (outcome: JobOutcome, refusal: Reason | null): JobOutcome =>
  refusal && outcome.conclusion === 'succeeded' ? { ...outcome, conclusion: 'failed', reason: refusal } : outcome;
