import { describe, expect, it } from 'vitest';
import { jobMachine } from '../../src/machines/job.machine.ts';
import { maxTries, retryPauseMs, RETRYABLE } from '../../src/machines/retry.ts';
import { stepMachine } from '../../src/machines/step.machine.ts';
import { CATALOGUE } from '../../src/protocol/catalogue.ts';
import { after, aJob, aStep, ATTEMPT, done, failed, fold } from './fixtures.ts';

const job = { spec: aJob(), fence: 7, renewMs: 10_000, remainingMs: 3_600_000, found: null };
const unprepared = (code: string) => failed('prepare', { code, message: `because of ${code}` });
const paused = after('retryPause', 'job.retrying');
const prepared = done('prepare', { steps: [aStep({ key: 's0', effect: 'read' })] });
const tries = (code: string, count: number) => Array.from({ length: count }, () => [unprepared(code), paused]).flat();

describe('the table of what is tried again', () => {
  it('names known failures only, each with its reason, and each of use somewhere', () => {
    for (const [code, rule] of Object.entries(RETRYABLE)) {
      expect(Object.keys(CATALOGUE)).toContain(code);
      expect(rule.why).not.toBe('');
      expect(rule.preparing > 0 || rule.concluding > 0 || rule.step).toBe(true);
    }
  });
  it('doubles the pause with each try, up to its cap', () => {
    const pauses = (code: string) => [0, 1, 2, 3, 4, 5, 6, 99].map((n) => retryPauseMs(n, { code, message: '' }));
    expect(pauses('TOOL_UNREACHABLE')).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(pauses('CONTROL_PLANE_UNREACHABLE')).toEqual([1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000]);
  });
});

describe('preparing a job', () => {
  it('that failed because the world did waits in a named state, and is tried again', () => {
    const { states } = fold(jobMachine, job, [unprepared('TOOL_UNREACHABLE'), paused, prepared]);
    expect(states).toEqual(['preparing', 'retrying', 'preparing', 'executing.running']);
  });
  it('is tried again for as long as the lease stands where the control plane cannot be reached', () => {
    const { last, snapshot } = fold(jobMachine, job, tries('CONTROL_PLANE_UNREACHABLE', 50));
    expect(last).toBe('preparing');
    expect(snapshot.context.tries).toBe(50);
  });
  it('is tried five times in all where a tool cannot be downloaded, and then fails with the reason', () => {
    expect(fold(jobMachine, job, tries('TOOL_UNREACHABLE', 4)).last).toBe('preparing');
    const { last, snapshot } = fold(jobMachine, job, [...tries('TOOL_UNREACHABLE', 4), unprepared('TOOL_UNREACHABLE')]);
    expect(last).toBe('concluding');
    expect(snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'TOOL_UNREACHABLE' } });
    expect(maxTries({ code: 'TOOL_UNREACHABLE', message: '' })).toBe(5);
  });
  it.each(['CLOUD_BLOCK', 'SCRIPT_REFUSED', 'PLAN_MOVED', 'TOOL_MISSING', 'TOOL_CHECKSUM', 'FENCED', 'UNEXPECTED'])(
    'that failed with %s is final at once',
    (code) => {
      expect(fold(jobMachine, job, [unprepared(code)]).last).toBe('concluding');
    },
  );
  it.each([{ type: 'job.cancel' }, { type: 'job.kill' }])('is ended in that pause by $type', (stop) => {
    const { last, snapshot } = fold(jobMachine, job, [unprepared('CONTROL_PLANE_UNREACHABLE'), stop]);
    expect(last).toBe('concluding');
    expect(snapshot.context.outcome.conclusion).toBe('cancelled');
  });
  it('begins to count anew with what comes after it', () => {
    const { snapshot } = fold(jobMachine, job, [...tries('CONTROL_PLANE_UNREACHABLE', 9), prepared]);
    expect(snapshot.context).toMatchObject({ tries: 0, setback: null });
  });
});

describe('what a job leaves', () => {
  const concluding = [prepared, done('step.0', { key: 's0', conclusion: 'succeeded', exitCode: 0, followedBy: [] })];
  const full = failed('conclude', { code: 'DISK_FULL', message: 'full' });
  it('is gathered again until there is room to write it down', () => {
    const again = after('retryPause', 'job.postponed');
    const { states, snapshot } = fold(jobMachine, job, [...concluding, full, again, full, again]);
    expect(states.slice(-4)).toEqual(['postponed', 'concluding', 'postponed', 'concluding']);
    expect(snapshot.context.outcome.conclusion).toBe('succeeded');
  });
  it('is reported as it is where gathering it failed otherwise', () => {
    const { last, snapshot } = fold(jobMachine, job, [...concluding, failed('conclude', { code: 'X', message: 'x' })]);
    expect(last).toBe('reporting');
    expect(snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'X' } });
  });
});

describe('a step', () => {
  const input = (over: Parameters<typeof aStep>[0], more: object = {}) => ({
    attempt: ATTEMPT,
    fence: 7,
    index: 0,
    step: aStep(over),
    found: false,
    ...more,
  });
  const permitted = done('permit', { permitted: true, validUntilElapsed: 5000 });
  const started = { type: 'process.started', at: 10, pid: 42, startTime: '99', adopted: false };
  const exited = { type: 'process.exited', at: 20, exitCode: 1, signal: null };
  const notStarted = (code: string) => ({
    type: 'process.notStarted',
    at: 9,
    reason: { code, message: 'no' },
    permitExpired: false,
  });
  const judged = (transient?: boolean) =>
    done('collect', {
      conclusion: 'failed',
      reason: { code: 'STEP_FAILED', message: 'connection refused' },
      evidence: null,
      followedBy: [],
      nothingLeft: false,
      ...(transient && { transient }),
    });
  const pause = after('retryPause', 'step.retrying');

  it.each(['read', 'idempotent'] as const)(
    'that is %s and failed because the network did is tried again, within its retries',
    (effect) => {
      const once = [started, exited, judged(true)];
      const { states } = fold(stepMachine, input({ effect, retries: 1 }), [...once, pause, ...once]);
      expect(states.filter((state) => state === 'retrying')).toHaveLength(1);
      expect(states.at(-1)).toBe('done');
      expect(fold(stepMachine, input({ effect, retries: 1 }), [started, exited, judged()]).last).toBe('done');
    },
  );
  it('that could not be started is tried again, and fails with that reason in the end', () => {
    const once = [notStarted('STEP_NOT_STARTED'), judged()];
    const folded = fold(stepMachine, input({ effect: 'read', retries: 1 }), [...once, pause, ...once]);
    expect(folded.states.filter((state) => state === 'retrying')).toHaveLength(1);
    expect(folded.snapshot.output).toMatchObject({
      conclusion: 'failed',
      reason: { code: 'STEP_NOT_STARTED' },
      tries: 2,
    });
  });
  it('that failed to start after an earlier try had started says why, and not that it was lost', () => {
    const events = [started, exited, judged(true), pause, notStarted('STEP_NOT_STARTED'), judged()];
    const { snapshot } = fold(stepMachine, input({ effect: 'read', retries: 1 }), events);
    expect(snapshot.output.reason.code).toBe('STEP_NOT_STARTED');
  });
  it('that failed for any other reason of ours is not tried again', () => {
    expect(fold(stepMachine, input({ effect: 'read', retries: 3 }), [notStarted('UNEXPECTED'), judged()]).last).toBe(
      'done',
    );
  });
  it('is never tried again once it was asked to stop', () => {
    const stop = { type: 'step.interrupt', reason: 'cancelled' };
    const { last } = fold(stepMachine, input({ effect: 'read', retries: 3 }), [started, stop, exited, judged(true)]);
    expect(last).toBe('done');
    const inPause = fold(stepMachine, input({ effect: 'read', retries: 3 }), [started, exited, judged(true), stop]);
    expect(inPause.snapshot.output.conclusion).toBe('cancelled');
  });
  it('that is irreversible is never tried again, whatever it says of itself', () => {
    const step = { effect: 'irreversible' as const, retries: 5 };
    expect(fold(stepMachine, input(step), [permitted, started, exited, judged(true)]).last).toBe('done');
    expect(fold(stepMachine, input(step), [permitted, notStarted('STEP_NOT_STARTED'), judged()]).last).toBe('done');
  });
  it('that was found and cannot be adopted needs reconciliation where it is irreversible', () => {
    const lost = [notStarted('STEP_LOST'), judged()];
    const conclusionOf = (effect: 'read' | 'irreversible') =>
      fold(stepMachine, input({ effect }, { found: true }), lost).snapshot.output.conclusion;
    expect(conclusionOf('irreversible')).toBe('needsReconciliation');
    expect(conclusionOf('read')).toBe('failed');
  });
  it('that an administrator forced says so where it is irreversible', () => {
    const events = [permitted, started, { type: 'step.force' }, { ...exited, exitCode: null, signal: 'SIGKILL' }];
    const { snapshot } = fold(stepMachine, input({ effect: 'irreversible' }), [...events, judged()]);
    expect(snapshot.output).toMatchObject({ conclusion: 'needsReconciliation', reason: { code: 'STEP_FORCED' } });
    expect(snapshot.output.reason.message).toMatch(/administrator/);
  });
});
