import { describe, expect, it } from 'vitest';
import { jobMachine } from '../../src/machines/job.machine.ts';
import type { FoundJob, JobInput } from '../../src/machines/job.setup.ts';
import type { StepOutput } from '../../src/machines/step-outcome.ts';
import type { Effect } from '../../src/protocol/job.ts';
import type { Conclusion } from '../../src/protocol/status.ts';
import { after, aJob, aStep, done, failed, fold } from './fixtures.ts';

const input = (found: FoundJob | null = null): JobInput => ({
  spec: aJob(),
  fence: 7,
  renewMs: 10_000,
  remainingMs: 3_600_000,
  found,
});
const step = (key: string, effect: Effect = 'read') => aStep({ key, effect });
const prepared = (...steps: ReturnType<typeof step>[]) => done('prepare', { steps });
const output = (index: number, conclusion: Conclusion, over: Partial<StepOutput> = {}): StepOutput => ({
  key: `s${index}`,
  index,
  conclusion,
  reason: conclusion === 'succeeded' ? null : { code: 'STEP_FAILED', message: `s${index} failed` },
  exitCode: conclusion === 'succeeded' ? 0 : 1,
  signal: null,
  tries: 1,
  startedAt: 1,
  finishedAt: 2,
  evidence: null,
  followedBy: [],
  nothingLeft: false,
  ...over,
});
const stepDone = (index: number, conclusion: Conclusion, over: Partial<StepOutput> = {}) =>
  done(`step.${index}`, output(index, conclusion, over));
const concluded = done('conclude', { failure: null });
const delivered = done('delivery', { fate: 'sealed' });
const sealed = done('seal', undefined);
const report = [concluded, delivered, sealed];
const cancel = { type: 'job.cancel' };
const spawned = (folded: ReturnType<typeof fold>) =>
  folded.actions.filter((type) => type === 'xstate.spawnChild').length;

describe('a job', () => {
  it('runs its steps one after another and reports once', () => {
    const { states, snapshot } = fold(jobMachine, input(), [
      prepared(step('s0'), step('s1')),
      stepDone(0, 'succeeded'),
      stepDone(1, 'succeeded'),
      ...report,
    ]);
    expect(states).toEqual([
      'preparing',
      'executing.running',
      'executing.running',
      'concluding',
      'reporting',
      'sealing',
      'done',
    ]);
    expect(snapshot.output).toMatchObject({ conclusion: 'succeeded', fate: 'sealed' });
  });
  it('starts no step after one that failed', () => {
    const failedJob = fold(jobMachine, input(), [prepared(step('s0'), step('s1')), stepDone(0, 'failed')]);
    expect(failedJob.last).toBe('concluding');
    expect(spawned(failedJob)).toBe(1); // the actor that concludes
    expect(failedJob.snapshot.context.outcome).toMatchObject({
      conclusion: 'failed',
      reason: { message: 's0 failed' },
    });
  });
  it('runs what a step found out before what was planned', () => {
    const { snapshot } = fold(jobMachine, input(), [
      prepared(step('survey'), step('last')),
      stepDone(0, 'succeeded', { followedBy: [step('found')] }),
    ]);
    expect(snapshot.context.now.key).toBe('found');
    expect(snapshot.context.steps.map(({ key }: { key: string }) => key)).toEqual(['last']);
  });
  it('drops what was planned when a step says that nothing is left to do', () => {
    const { snapshot, last } = fold(jobMachine, input(), [
      prepared(step('plan'), step('apply', 'irreversible')),
      stepDone(0, 'succeeded', { nothingLeft: true }),
    ]);
    expect(last).toBe('concluding');
    expect(snapshot.context.outcome.conclusion).toBe('succeeded');
  });
  it('that cannot be prepared is reported with the reason', () => {
    const { snapshot } = fold(jobMachine, input(), [
      failed('prepare', { code: 'TOOL_MISSING', message: 'no terraform' }),
      ...report,
    ]);
    expect(snapshot.value).toBe('failed');
    expect(snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'TOOL_MISSING' } });
  });
  it('whose conclusion finds a failure does not succeed', () => {
    const { snapshot } = fold(jobMachine, input(), [
      prepared(step('s0')),
      stepDone(0, 'succeeded'),
      done('conclude', { failure: { code: 'STATE_SERIAL', message: 'lower' } }),
    ]);
    expect(snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'STATE_SERIAL' } });
  });
  it('needs reconciliation when a step does', () => {
    const { snapshot } = fold(jobMachine, input(), [
      prepared(step('apply', 'irreversible')),
      stepDone(0, 'needsReconciliation'),
      ...report,
    ]);
    expect(snapshot.value).toBe('needsReconciliation');
  });
});

describe('a cancelled job', () => {
  it('never starts another step', () => {
    const { states, snapshot } = fold(jobMachine, input(), [
      prepared(step('s0'), step('s1')),
      cancel,
      stepDone(0, 'succeeded'),
    ]);
    expect(states.slice(2)).toEqual(['executing.cancelling', 'concluding']);
    expect(snapshot.context.outcome.conclusion).toBe('cancelled');
  });
  it('whose last step ended well all the same has succeeded', () => {
    const { snapshot } = fold(jobMachine, input(), [prepared(step('s0')), cancel, stepDone(0, 'succeeded')]);
    expect(snapshot.context.outcome.conclusion).toBe('succeeded');
  });
  it('is reported when it is cancelled before anything ran', () => {
    const { states, snapshot } = fold(jobMachine, input(), [cancel, ...report]);
    expect(states.slice(1)).toEqual(['concluding', 'reporting', 'sealing', 'done']);
    expect(snapshot.context.outcome.conclusion).toBe('cancelled');
  });
  it('asks its step once', () => {
    const twice = fold(jobMachine, input(), [prepared(step('s0')), cancel, cancel]);
    expect(twice.actions).not.toContain('xstate.sendTo');
  });
});

describe('a job whose lease is gone', () => {
  const lost = done('lease', { outcome: 'fenced' });
  it('lets an irreversible step run on, and starts nothing after it', () => {
    const { states } = fold(jobMachine, input(), [
      prepared(step('apply', 'irreversible'), step('s1')),
      lost,
      stepDone(0, 'succeeded'),
    ]);
    expect(states.slice(2)).toEqual(['executing.detached', 'concluding']);
  });
  it('interrupts any other step', () => {
    const { last, actions } = fold(jobMachine, input(), [prepared(step('plan')), lost]);
    expect(last).toBe('executing.cancelling');
    expect(actions).toContain('xstate.sendTo');
  });
  it('still reports', () => {
    const { snapshot } = fold(jobMachine, input(), [
      prepared(step('s0')),
      lost,
      stepDone(0, 'cancelled'),
      concluded,
      done('delivery', { fate: 'evidence' }),
      sealed,
    ]);
    expect(snapshot.output.fate).toBe('evidence');
  });
});

describe('a job that runs for too long', () => {
  it('is interrupted and timed out', () => {
    const { snapshot, states } = fold(jobMachine, input(), [
      prepared(step('s0'), step('s1')),
      after('jobDeadline', 'job.executing'),
      stepDone(0, 'cancelled'),
    ]);
    expect(states[2]).toBe('executing.cancelling');
    expect(snapshot.context.outcome).toMatchObject({ conclusion: 'timedOut', reason: { code: 'JOB_TIMED_OUT' } });
  });
});

describe('a job that was found on disk', () => {
  const left = (over: Partial<FoundJob>): FoundJob => ({
    steps: [step('s1'), step('s2')],
    done: [output(0, 'succeeded')],
    current: 'adopt',
    outcome: null,
    cancelled: false,
    ...over,
  });
  it('goes on with the step that was under way, never with one that had ended', () => {
    const { states, snapshot } = fold(jobMachine, input(left({})), []);
    expect(states).toEqual(['executing.running']);
    expect(snapshot.context).toMatchObject({ current: 1, now: { key: 's1' } });
  });
  it('only delivers when its result was journalled', () => {
    const { states } = fold(
      jobMachine,
      input(left({ outcome: { conclusion: 'succeeded', reason: null, exitCode: 0 } })),
      [],
    );
    expect(states).toEqual(['reporting']);
  });
  it('starts nothing when it had been cancelled and nothing ran', () => {
    expect(fold(jobMachine, input(left({ cancelled: true, current: 'none' })), []).states).toEqual(['concluding']);
  });
  it('is prepared anew when it had no steps yet', () => {
    expect(fold(jobMachine, input(left({ steps: [], done: [], current: 'none' })), []).states).toEqual(['preparing']);
  });
});
