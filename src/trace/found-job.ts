import type { JobContext } from '../machines/job.setup.ts';
import type { FoundJob } from '../machines/job.setup.ts';
import type { StepSpec } from '../protocol/job.ts';
import { replayLife, type Replay } from './replay.ts';
import type { Life } from './read.ts';

/** A job as its last life left it: what a runner process starts the job machine with (architecture.md D4). */
export interface JobLeft {
  context: JobContext;
  found: Omit<FoundJob, 'current'> & { /** A step had been made and had not ended. */ wasUnderWay: boolean };
}

/** Folds the newest life of a trace; null: the job's machine was never started. */
export const findJob = (lives: readonly Life[]): JobLeft | null => {
  const last = lives.findLast((life) => life.entries.some((entry) => entry.kind === 'event' && entry.to === 'job'));
  if (!last) return null;
  const replay: Replay = replayLife(last);
  const snapshot = replay.machines.get('job')?.snapshot;
  if (!snapshot) return null;
  const context = snapshot.context as JobContext;
  const wasUnderWay = context.now !== null && context.current === context.done.length;
  const left: StepSpec[] = wasUnderWay && context.now ? [context.now, ...context.steps] : context.steps;
  return {
    context,
    found: {
      steps: left,
      done: context.done,
      outcome: context.outcome !== null && snapshot.matches('reporting') ? context.outcome : null,
      cancelled: context.stopped === 'cancelled',
      wasUnderWay,
    },
  };
};
