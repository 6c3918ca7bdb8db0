import { fromCallback } from 'xstate';
import { isSilence, SignalboxError, toReason, type ErrorCode } from '../protocol/errors.ts';
import type { PollCommand, PollFact, SessionFacts } from '../machines/runner.setup.ts';
import type { Desires } from './desires.ts';
import type { Reason } from '../protocol/status.ts';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

const REFUSED: ReadonlySet<ErrorCode> = new Set(['RUNNER_TOKEN_REVOKED', 'RUNNER_TOKEN_UNKNOWN']);
/** After a poll that failed: long enough to spare a struggling server, short enough for a result to arrive within two seconds. */
const RETRY_MS = [100, 250, 500, 1000, 1500];

/**
 * Long polling for commands. A poll under way is given up when a slot becomes free or why none is changes, so that the server
 * always knows; nothing is lost by that, because what was not acknowledged comes again.
 */
export const createPoll = (world: World, sessions: Sessions, desires: Desires) =>
  fromCallback<PollCommand, { facts: SessionFacts; free: number; problem: Reason | null }>(
    ({ input, sendBack, receive }) => {
      const { clock, logger } = world;
      const tell = (fact: PollFact) => sendBack(fact);
      const stop = new AbortController();
      let waiting = new AbortController();
      let { free, problem } = input;
      let isUnreachable = false;

      receive(({ free: now, problem: problemNow }) => {
        const isNews = now > free || problemNow?.message !== problem?.message;
        free = now;
        problem = problemNow;
        if (isNews) waiting.abort();
      });
      const unlisten = desires.listen((attempt, desired) => tell({ type: 'attempt.cancelled', attempt, desired }));

      const loop = async (): Promise<void> => {
        let ack = 0;
        let misses = 0;
        while (!stop.signal.aborted) {
          waiting = new AbortController();
          const askedFree = free;
          try {
            const signal = AbortSignal.any([stop.signal, waiting.signal]);
            const request = {
              session: input.facts.session,
              ack,
              free: askedFree,
              waitMs: input.facts.pollHoldMs,
              problem,
            };
            const reply = await world.api.poll(sessions.token, request, signal);
            if (isUnreachable) logger.info({}, 'connected again');
            [misses, isUnreachable] = [0, false];
            for (const command of reply.commands) {
              if (command.type === 'offer') tell({ type: 'offer.received', attempt: command.attempt });
              else if (command.type === 'cancel') desires.hear(command.attempt, command.desired);
              else tell({ type: 'drain.ordered' });
            }
            ack = Math.max(ack, reply.cursor);
          } catch (error) {
            if (stop.signal.aborted) return;
            if (waiting.signal.aborted) continue;
            const reason = toReason(error);
            if (error instanceof SignalboxError && !isSilence(error)) {
              tell({ type: REFUSED.has(error.code) ? 'token.refused' : 'session.ended', reason });
              return;
            }
            if (!isUnreachable) logger.warn({ reason }, reason.message);
            isUnreachable = true;
            const pause = Math.min(world.settings.pollIntervalMs, RETRY_MS[Math.min(misses, RETRY_MS.length - 1)] ?? 0);
            misses += 1;
            await clock.wait(pause * (0.75 + world.ids.random() / 2), stop.signal);
          }
        }
      };
      void loop();

      return () => {
        unlisten();
        stop.abort();
      };
    },
  );
