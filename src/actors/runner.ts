import { createActor, type AnyMachineSnapshot } from 'xstate';
import { Phase, type Reason } from '../protocol/status.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import type { StepOutput } from '../machines/step-outcome.ts';
import { createRecorder } from '../trace/record.ts';
import { toReason } from '../protocol/errors.ts';
import type { Attempts } from './attempt.ts';
import type { Desires } from './desires.ts';
import { tellEnd } from './open-step.ts';
import { provideRunner } from './provide.ts';
import { createSessions } from './sessions.ts';
import type { World } from './world.ts';

/** A running runner, as the command line holds it. */
export interface RunnerHandle {
  /** Takes nothing new; what runs goes on. Resolves when the runner has stopped. */
  drain(): void;
  /** Ends this process's part at once: processes run on under their supervisors, for the next runner process to adopt. */
  leave(): void;
  /** Settled when the machine is over; the reason says why, where it failed. */
  readonly over: Promise<{ failed: boolean; reason: Reason | null }>;
  /** True while it has a session. */
  isOnline(): boolean;
  /** Why it takes nothing new although it lives; null: it is well. */
  problem(): Reason | null;
  /** Attempts that it holds. */
  held(): number;
}

/** One root actor, one system, one inspector, one clock. */
export const startRunner = (world: World, desires: Desires): RunnerHandle => {
  const attempts: Attempts = new Map();
  const { clock, logger, settings } = world;
  const recorder = createRecorder({
    clock,
    sink: (id) => {
      const attempt = attempts.get(id);
      return attempt ? { append: (entry) => (attempt.journal.append(entry), tellSteps(id, entry)) } : null;
    },
    onState: ({ attempt: id, path, machine, state, phase }) => {
      const attempt = attempts.get(id);
      if (!attempt) return;
      if (path === 'job') attempt.phase = phase;
      if (attempt.outcome === null || path !== 'job') {
        attempt.outbox.tell({ type: 'machine', path, machine, state, phase: Phase.catch('running').parse(phase) });
      }
    },
    onError: (error) => logger.error({ error: toReason(error) }, 'the recorder failed'),
  });
  /** A step's end is told where its parent hears of it: only its machine knows the conclusion. */
  const tellSteps = (id: string, { to, event }: TraceEvent): void => {
    if (to !== 'job' || !event.type.startsWith('xstate.done.actor.step.')) return;
    const attempt = attempts.get(id);
    if (attempt) tellEnd(attempt, event['output'] as StepOutput);
  };

  const actor = createActor(provideRunner(world, attempts, createSessions(), desires), {
    input: { name: settings.name, slots: settings.slots, stopGraceMs: settings.stopGraceMs },
    inspect: recorder,
    clock: { setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout },
  });
  const over = new Promise<{ failed: boolean; reason: Reason | null }>((resolve) => {
    actor.subscribe({
      next: (snapshot: AnyMachineSnapshot) => {
        if (snapshot.status === 'done') {
          resolve({
            failed: snapshot.matches('failed'),
            reason: (snapshot.output as { reason: Reason | null }).reason,
          });
        }
      },
      error: (error) => {
        logger.error({ error: toReason(error) }, 'the runner machine failed');
        resolve({ failed: true, reason: toReason(error) });
      },
    });
  });
  actor.start();
  return {
    drain: () => actor.send({ type: 'runner.drain' }),
    leave: () => actor.stop(),
    over,
    isOnline: () => actor.getSnapshot().matches('online'),
    problem: () => actor.getSnapshot().context.problem,
    held: () => attempts.size,
  };
};
