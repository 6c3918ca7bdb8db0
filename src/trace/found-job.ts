import type { FoundJob, JobContext } from '../machines/job.setup.ts';
import type { StepSpec } from '../protocol/job.ts';
import { toSentence } from './divergence.ts';
import type { Life } from './read.ts';
import { toReached } from './reached.ts';
import { readRecordedJob } from './recorded-job.ts';
import { replayLife } from './replay.ts';

/** A job as its last life left it: what a runner process starts the job machine with (architecture.md D4). */
export interface JobLeft {
  context: Pick<JobContext, 'spec' | 'fence' | 'renewMs'>;
  /** Where today's machines go another way than the recorded ones; null: nowhere. Then the record itself says what is left. */
  divergence: string | null;
  found: Omit<FoundJob, 'current'> & { /** A step had been made and had not ended. */ wasUnderWay: boolean };
}

/** States in which what the job leaves is still being gathered. */
const GATHERING: readonly string[] = ['concluding', 'postponed'];

/** Folds the newest life of a trace; null: the job's machine was never started. */
export const findJob = (lives: readonly Life[]): JobLeft | null => {
  const last = lives.findLast((life) => life.entries.some((entry) => entry.kind === 'event' && entry.to === 'job'));
  if (!last) return null;
  const { machines, divergence } = replayLife(last);
  if (divergence) {
    const recorded = readRecordedJob(last);
    return recorded && { ...recorded, divergence: `life ${last.header.life}, ${toSentence(divergence)}` };
  }
  const job = machines.get('job');
  if (!job) return null;
  const { snapshot, state } = job;
  const context = snapshot.context as JobContext;
  const reached = toReached(state);
  const wasUnderWay = reached === 'executing' && context.now !== null && context.current === context.done.length;
  const left: StepSpec[] = wasUnderWay && context.now ? [context.now, ...context.steps] : context.steps;
  return {
    context,
    divergence: null,
    found: {
      steps: left,
      done: context.done,
      // Until everything is gathered the outcome may still change.
      outcome: reached === 'concluding' && !GATHERING.includes(state) ? context.outcome : null,
      cancelled: context.stopped === 'cancelled',
      reached,
      stopped: context.stopped,
      lease: context.lease,
      failure: context.failure,
      wasUnderWay,
    },
  };
};
