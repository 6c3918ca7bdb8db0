import { fromPromise } from 'xstate';
import { SignalboxError, toReason, type ErrorCode } from '../protocol/errors.ts';
import { Phase } from '../protocol/status.ts';
import { PROTOCOL_VERSION } from '../protocol/runner.ts';
import type { EnrolOutput } from '../machines/runner.setup.ts';
import type { Attempts } from './attempt.ts';
import type { Desires } from './desires.ts';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

/** Refusals that no repetition will change. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'RUNNER_TOKEN_UNKNOWN',
  'RUNNER_TOKEN_REVOKED',
  'RUNNER_TOKEN_IN_USE',
  'PROTOCOL_VERSION',
  'UNAUTHENTICATED',
  'FORBIDDEN_HOST',
]);

/** Opens a session, saying what this runner is running; the answer's verdicts become desires. */
export const createEnrol = (world: World, attempts: Attempts, sessions: Sessions, desires: Desires) => {
  let isUnreachable = false;
  return fromPromise<EnrolOutput, { name: string; slots: number }>(async ({ input }) => {
    const { settings, logger } = world;
    try {
      const reply = await world.api.openSession(world.runnerToken, {
        protocol: PROTOCOL_VERSION,
        instanceId: settings.instanceId,
        bootId: settings.bootId,
        name: input.name,
        version: settings.version,
        slots: input.slots,
        running: [...attempts.values()].map(({ spec, fence, phase, log }) => ({
          attempt: spec.attempt,
          fence,
          phase: Phase.catch('running').parse(phase),
          logOffset: log.bytes,
        })),
      });
      sessions.token = reply.token;
      for (const { attempt, verdict } of reply.running) {
        if (verdict !== 'continue') desires.hear(attempt, 'cancel');
      }
      logger.info({ session: reply.session, runner: reply.runner }, isUnreachable ? 'connected again' : 'connected');
      isUnreachable = false;
      const { session, runner, renewMs, pollHoldMs } = reply;
      return { enrolled: true, facts: { session, runner, renewMs, pollHoldMs } };
    } catch (error) {
      const reason = toReason(error);
      const final = error instanceof SignalboxError && FINAL.has(error.code);
      // Said once, not per try.
      if (final || !isUnreachable) logger[final ? 'error' : 'warn']({ reason }, reason.message);
      isUnreachable = true;
      return { enrolled: false, final, reason };
    }
  });
};
