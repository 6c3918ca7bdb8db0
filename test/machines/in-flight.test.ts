import { describe, expect, it } from 'vitest';
import { jobMachine } from '../../src/machines/job.machine.ts';
import type { FoundJob } from '../../src/machines/job.setup.ts';
import type { Effect } from '../../src/protocol/job.ts';
import type { Conclusion } from '../../src/protocol/status.ts';
import { after, aJob, aStep, done, failed, fold } from './fixtures.ts';

const input = (found: FoundJob | null = null) => ({
  spec: aJob(),
  fence: 7,
  renewMs: 10_000,
  remainingMs: 3_600_000,
  found,
});
const step = (key: string, effect: Effect) => aStep({ key, effect });
const prepared = (effect: Effect) => done('prepare', { steps: [step('s0', effect), step('s1', 'read')] });
const ended = (conclusion: Conclusion) =>
  done('step.0', { key: 's0', index: 0, conclusion, reason: null, exitCode: 0, followedBy: [], nothingLeft: false });
const unreachable = failed('prepare', { code: 'CONTROL_PLANE_UNREACHABLE', message: 'silence' });
const lost = done('lease', { outcome: 'lost' });
const kill = { type: 'job.kill' };
const cancel = { type: 'job.cancel' };
const sent = ({ actions }: ReturnType<typeof fold>) => actions.filter((type) => type === 'xstate.sendTo').length;

/** What a job is at, by the events that led there. */
const MOMENTS = {
  preparing: [],
  retrying: [unreachable],
  'executing.running': [prepared('read')],
  concluding: [prepared('read'), ended('failed')],
  reporting: [prepared('read'), ended('failed'), done('conclude', { failure: null })],
};

describe('a lease that is lost', () => {
  it.each([
    ['preparing', 'concluding'],
    ['retrying', 'concluding'],
    ['executing.running', 'executing.cancelling'],
    ['concluding', 'concluding'],
    ['reporting', 'reporting'],
  ] as const)('while a job is %s leads to %s', (moment, next) => {
    expect(fold(jobMachine, input(), [...MOMENTS[moment], lost]).states.slice(-2)).toEqual([moment, next]);
  });
  it.each([
    ['read', 'executing.cancelling', 1],
    ['idempotent', 'executing.cancelling', 1],
    ['irreversible', 'executing.detached', 0],
  ] as const)('stops a step that is %s by its class alone', (effect, state, interrupts) => {
    const folded = fold(jobMachine, input(), [prepared(effect), lost]);
    expect(folded.last).toBe(state);
    expect(sent(folded)).toBe(interrupts);
  });
  it('starts no step that had not begun, and says why', () => {
    const early = fold(jobMachine, input(), [lost]);
    expect(early.snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'LEASE_LOST' } });
    const later = fold(jobMachine, input(), [prepared('irreversible'), lost, ended('succeeded')]);
    expect(later.last).toBe('concluding');
    expect(later.snapshot.context.outcome).toMatchObject({ conclusion: 'failed', reason: { code: 'LEASE_LOST' } });
  });
  it('does not change what an irreversible step came to', () => {
    const { snapshot } = fold(jobMachine, input(), [prepared('irreversible'), lost, ended('needsReconciliation')]);
    expect(snapshot.context.outcome.conclusion).toBe('needsReconciliation');
  });
});

describe('job.kill', () => {
  it.each([
    ['preparing', 'concluding'],
    ['retrying', 'concluding'],
    ['executing.running', 'executing.cancelling'],
    ['concluding', 'concluding'],
    ['reporting', 'reporting'],
  ] as const)('while a job is %s leads to %s', (moment, next) => {
    expect(fold(jobMachine, input(), [...MOMENTS[moment], kill]).states.slice(-2)).toEqual([moment, next]);
  });
  it('asks softly first and then forces, and a second one only forces', () => {
    const once = fold(jobMachine, input(), [prepared('irreversible'), kill]);
    expect(sent(once)).toBe(2);
    expect(sent(fold(jobMachine, input(), [prepared('irreversible'), kill, kill]))).toBe(1);
    expect(sent(fold(jobMachine, input(), [prepared('irreversible'), cancel, kill]))).toBe(1);
  });
  it('forces a step that runs on without its lease', () => {
    const folded = fold(jobMachine, input(), [prepared('irreversible'), lost, kill]);
    expect(sent(folded)).toBeGreaterThan(0);
    expect(folded.snapshot.value).toEqual({ executing: 'detached' });
  });
});

describe('a job that was found', () => {
  const found = (over: Partial<FoundJob>): FoundJob => ({
    steps: [step('s0', 'irreversible')],
    done: [],
    current: 'adopt',
    outcome: null,
    cancelled: false,
    reached: 'executing',
    ...over,
  });
  it('and had been stopped asks its adopted step once more', () => {
    const folded = fold(jobMachine, input(found({ cancelled: true, stopped: 'cancelled' })), []);
    expect(folded.last).toBe('executing.cancelling');
    expect(sent(folded)).toBe(1);
  });
  it('without its lease lets only an irreversible step run on', () => {
    expect(fold(jobMachine, input(found({ lease: 'lost' })), []).last).toBe('executing.detached');
    const read = found({ lease: 'lost', steps: [step('s0', 'read')] });
    expect(fold(jobMachine, input(read), []).last).toBe('executing.cancelling');
  });
  it('and had been stopped starts nothing that had not begun', () => {
    expect(fold(jobMachine, input(found({ stopped: 'cancelled', current: 'none' })), []).last).toBe('concluding');
  });
  it('whose time is up is interrupted', () => {
    const folded = fold(jobMachine, input(found({})), [after('jobDeadline', 'job.executing')]);
    expect(folded.last).toBe('executing.cancelling');
  });
});

describe('a job that needs reconciliation', () => {
  it('says what is known of the state in its reason', () => {
    const { snapshot } = fold(jobMachine, input(), [
      prepared('irreversible'),
      done('step.0', {
        key: 's0',
        conclusion: 'needsReconciliation',
        reason: { code: 'STEP_LOST', message: 'It ended silently.' },
        exitCode: null,
        followedBy: [],
      }),
      done('conclude', { failure: null, note: 'The state was stored up to serial 7 (it was 4 before).' }),
    ]);
    expect(snapshot.context.outcome.reason).toEqual({
      code: 'STEP_LOST',
      message: 'It ended silently. The state was stored up to serial 7 (it was 4 before).',
    });
  });
});
