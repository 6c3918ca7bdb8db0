import { fromPromise } from 'xstate';
import type { DeliveryOutput } from '../machines/delivery.machine.ts';
import type { Result } from '../protocol/attempt.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { Findings } from './findings.ts';
import { isOver } from './is-over.ts';
import type { World } from './world.ts';

/** Sends what the result rests on, then the result. Throws while anything is missing: the delivery machine tries again. */
export const createDeliverResult = (world: World, attempts: Attempts) =>
  fromPromise<DeliveryOutput, { attempt: string; fence: number }>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    try {
      const result = await complete(world, attempt);
      const reply = await attempt.api.sendResult(result);
      if (reply.status === 'sealed') {
        attempt.outbox.close();
        return { fate: 'sealed' };
      }
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

const complete = async (world: World, attempt: Attempt): Promise<Result> => {
  const findings = Findings.parse(await attempt.directory.readFacts('findings'));
  const { spec, fence, prepared, outcome, log, outbox } = attempt;
  if (!outcome) throw new Error(`The attempt ${spec.attempt} has no outcome.`);
  const sendArtifact = async ({ ref, file }: Findings['artifacts'][number]): Promise<void> => {
    if (attempt.handedOver.has(ref.sha256)) return;
    await attempt.api.writeArtifact(ref, world.files.stream(file));
    attempt.handedOver.add(ref.sha256);
  };
  const [state] = await Promise.all([
    attempt.state && !attempt.stateRefusal ? attempt.state.finish() : null,
    log.drained().then(() => log.flush()),
    outbox.flush(),
    ...findings.artifacts.map(sendArtifact),
  ]);
  // The state may have been refused meanwhile, which is told.
  await outbox.flush();
  return {
    attempt: spec.attempt,
    fence,
    ...outcome,
    startedAt: prepared?.startedAt ?? findings.finishedAt,
    finishedAt: findings.finishedAt,
    log: { bytes: log.bytes, sha256: log.digest() },
    events: outbox.count,
    state,
    plan: findings.plan,
    artifacts: findings.artifacts.map(({ ref }) => ref),
    summary: findings.summary,
    outputs: findings.outputs,
  };
};
