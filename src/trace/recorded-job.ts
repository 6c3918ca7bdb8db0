import type { FoundJob, JobContext } from '../machines/job.setup.ts';
import { toFailure } from '../machines/failure.ts';
import type { JobOutcome } from '../machines/job-outcome.ts';
import type { StepOutput } from '../machines/step-outcome.ts';
import type { StepSpec } from '../protocol/job.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import type { JobLeft } from './found-job.ts';
import type { Life } from './read.ts';
import { toReached } from './reached.ts';

interface Facts {
  input: { spec: JobContext['spec']; fence: number; renewMs: number; found: FoundJob | null };
  planned: StepSpec[];
  now: StepSpec | null;
  done: StepOutput[];
  stopped: JobContext['stopped'];
  lease: JobContext['lease'];
  failure: JobContext['failure'];
  outcome: JobOutcome | null;
  state: string;
}

/**
 * What a life's own record says of its job, without a machine of today: what is gone on with where those would have gone another
 * way. Null: the job was not started.
 */
export const readRecordedJob = ({ entries }: Life): Omit<JobLeft, 'divergence'> | null => {
  let facts: Facts | null = null;
  for (const entry of entries) {
    if (entry.kind !== 'event') continue;
    facts = takeNext(facts === null ? begin(entry) : take(facts, entry), entry);
  }
  if (facts === null) return null;
  const { input, planned, now, done, stopped, lease, failure, outcome } = facts;
  const { spec, fence, renewMs } = input;
  const reached = toReached(facts.state);
  const wasUnderWay = reached === 'executing' && now !== null;
  return {
    context: { spec, fence, renewMs },
    found: {
      steps: wasUnderWay ? [now, ...planned] : planned,
      done,
      outcome: reached === 'concluding' ? outcome : null,
      cancelled: stopped === 'cancelled',
      reached,
      stopped,
      lease,
      failure,
      wasUnderWay,
    },
  };
};

const begin = (entry: TraceEvent): Facts | null => {
  if (entry.to !== 'job' || entry.event.type !== 'xstate.init') return null;
  const input = entry.event['input'] as Facts['input'];
  const { found } = input;
  return {
    input,
    planned: found?.steps ?? [],
    now: null,
    done: found?.done ?? [],
    stopped: found?.stopped ?? (found?.cancelled ? 'cancelled' : null),
    lease: found?.lease ?? null,
    failure: found?.failure ?? null,
    outcome: found?.outcome ?? null,
    state: entry.state ?? 'leased',
  };
};

/** Whoever runs has made the next step in the same moment, though its own first entry comes later. */
const takeNext = (facts: Facts | null, { to, state }: TraceEvent): Facts | null => {
  const [next = null, ...planned] = facts?.planned ?? [];
  if (facts === null || next === null || facts.now !== null) return facts;
  return to === 'job' && state === 'executing.running' ? { ...facts, now: next, planned } : facts;
};

const take = (facts: Facts, { to, event, state }: TraceEvent): Facts => {
  if (event.type === 'xstate.init') return takeChild(facts, to, event);
  if (to !== 'job') return facts;
  const after = { ...facts, state: state ?? facts.state };
  if (event.type.startsWith('xstate.error.actor.')) {
    return { ...after, failure: facts.failure ?? toFailure(event['error']), now: dropStep(facts.now, event.type) };
  }
  if (event.type.startsWith('xstate.done.actor.step.')) {
    const output = event['output'] as StepOutput;
    const planned = output.nothingLeft ? [] : [...output.followedBy, ...facts.planned];
    return { ...after, planned, now: null, done: [...facts.done, { ...output, followedBy: [] }] };
  }
  if (event.type === 'xstate.done.actor.prepare') {
    return { ...after, planned: (event['output'] as { steps: StepSpec[] }).steps };
  }
  if (event.type === 'xstate.done.actor.lease') {
    return { ...after, lease: (event['output'] as { outcome: Facts['lease'] }).outcome };
  }
  if (event.type === 'xstate.done.actor.conclude') {
    const { failure } = event['output'] as Pick<Facts, 'failure'>;
    return { ...after, failure: facts.failure ?? failure };
  }
  return { ...after, stopped: facts.stopped ?? toStop(facts.state, event.type) };
};

const dropStep = (now: StepSpec | null, type: string): StepSpec | null =>
  type.startsWith('xstate.error.actor.step.') ? null : now;

/** A child's input repeats what the job decided. */
const takeChild = (facts: Facts, to: string, event: TraceEvent['event']): Facts => {
  if (to === 'job/delivery') return { ...facts, outcome: (event['input'] as { outcome: JobOutcome }).outcome };
  if (!to.startsWith('job/step.')) return facts;
  const planned = facts.now === null ? facts.planned.slice(1) : facts.planned;
  return { ...facts, now: (event['input'] as { step: StepSpec }).step, planned };
};

/** A stop counts while there is something to stop. */
const toStop = (state: string, type: string): Facts['stopped'] => {
  if (toReached(state) === 'concluding') return null;
  if (type.startsWith('xstate.after.jobDeadline.')) return 'timedOut';
  return type === 'job.cancel' || type === 'job.kill' ? 'cancelled' : null;
};
