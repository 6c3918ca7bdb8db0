import { describe, expect, it } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { stepMachine, type StepEvent, type StepInput } from '../../src/machines/step.machine.ts';
import type { Effect } from '../../src/protocol/job.ts';
import { after, aStep, ATTEMPT, done, failed, fold } from './fixtures.ts';

const input = (over: Partial<StepInput> = {}): StepInput => ({
  attempt: ATTEMPT,
  fence: 7,
  index: 0,
  step: aStep(),
  found: false,
  ...over,
});
const started = { type: 'process.started', at: 10, pid: 42, startTime: '99', adopted: false };
const exited = (exitCode: number | null, signal: string | null = null) => ({
  type: 'process.exited',
  at: 20,
  exitCode,
  signal,
});
const permitted = done('permit', { permitted: true, validUntilElapsed: 5000 });
const judged = (conclusion: 'succeeded' | 'failed') =>
  done('collect', {
    conclusion,
    reason: conclusion === 'failed' ? { code: 'STEP_FAILED', message: 'it said no' } : null,
    evidence: null,
    followedBy: [],
    nothingLeft: false,
  });
const interrupt = { type: 'step.interrupt', reason: 'cancelled' };
const ran = (effect: Effect, ...events: { type: string }[]) =>
  fold(stepMachine, input({ step: aStep({ effect }) }), [
    ...(effect === 'irreversible' ? [permitted] : []),
    started,
    ...events,
  ]);

describe('an irreversible step', () => {
  it('never starts without a permit', () => {
    expect(fold(stepMachine, input(), []).last).toBe('permitting');
    const refused = fold(stepMachine, input(), [
      done('permit', { permitted: false, reason: { code: 'PERMIT_REFUSED', message: 'no' } }),
    ]);
    expect(refused.states).toEqual(['permitting', 'done']);
    expect(refused.snapshot.output).toMatchObject({
      conclusion: 'failed',
      reason: { code: 'PERMIT_REFUSED' },
      startedAt: null,
    });
  });
  it('asks again when its permit was too old, as after a suspend', () => {
    const late = {
      type: 'process.notStarted',
      at: 9,
      reason: { code: 'PERMIT_REFUSED', message: 'too old' },
      permitExpired: true,
    };
    expect(fold(stepMachine, input(), [permitted, late]).last).toBe('permitting');
  });
  it('is adopted without a permit when its process was found', () => {
    expect(fold(stepMachine, input({ found: true }), [{ ...started, adopted: true } as typeof started]).states).toEqual(
      ['active.starting', 'active.running'],
    );
  });
  it('is never forced by the passing of time', () => {
    const waited = ran('irreversible', interrupt, after('killGrace', 'step.active.interrupting'));
    expect(waited.last).toBe('active.interrupting');
  });
  it('needs reconciliation when it ended and nobody knows how', () => {
    for (const exit of [exited(null, 'SIGKILL'), exited(null)]) {
      const lost = ran('irreversible', exit, judged('failed'));
      expect(lost.snapshot.output.conclusion).toBe('needsReconciliation');
    }
  });
  it('is never tried again', () => {
    const step = aStep({ retries: 5 });
    expect(fold(stepMachine, input({ step }), [permitted, started, exited(null), judged('failed')]).last).toBe('done');
  });
});

describe('a step', () => {
  it('succeeds by its verdict, not by its exit code alone', () => {
    expect(ran('read', exited(0), judged('succeeded')).snapshot.output.conclusion).toBe('succeeded');
    expect(ran('read', exited(0), judged('failed')).snapshot.output.conclusion).toBe('failed');
  });
  it('is interrupted once, however often that is asked', () => {
    const once = ran('read', interrupt);
    expect(once.last).toBe('active.interrupting');
    expect(once.actions).toContain('xstate.sendTo');
    const twice = ran('read', interrupt, interrupt);
    expect(twice.actions).not.toContain('xstate.sendTo');
  });
  it('that nothing irreversible hangs on is forced after its grace', () => {
    expect(ran('read', interrupt, after('killGrace', 'step.active.interrupting')).last).toBe('active.forcing');
    expect(ran('idempotent', interrupt, after('killGrace', 'step.active.interrupting')).last).toBe('active.forcing');
  });
  it('keeps the first reason it was stopped for', () => {
    const late = ran('read', after('stepTimeout', 'step.active.running'), interrupt, exited(1), judged('failed'));
    expect(late.snapshot.output).toMatchObject({ conclusion: 'timedOut', reason: { code: 'STEP_TIMED_OUT' } });
  });
  it('that finished well in spite of an interrupt has succeeded', () => {
    expect(ran('irreversible', interrupt, exited(0), judged('succeeded')).snapshot.output.conclusion).toBe('succeeded');
  });
  it('that never started is skipped when it is interrupted', () => {
    expect(fold(stepMachine, input(), [interrupt]).snapshot.output.conclusion).toBe('skipped');
    expect(fold(stepMachine, input({ cancelled: true }), []).last).toBe('skipped');
  });
  it('is tried again only where the world broke and its effect allows it', () => {
    const step = aStep({ effect: 'idempotent', retries: 1 });
    const lost = fold(stepMachine, input({ step }), [started, exited(null), judged('failed')]);
    expect(lost.last).toBe('retrying');
    const verdict = fold(stepMachine, input({ step }), [started, exited(1), judged('failed')]);
    expect(verdict.last).toBe('done');
    const again = fold(stepMachine, input({ step }), [
      started,
      exited(null),
      judged('failed'),
      after('retryPause', 'step.retrying'),
      started,
      exited(null),
      judged('failed'),
    ]);
    expect(again.last).toBe('done');
    expect(again.snapshot.output.tries).toBe(2);
  });
  it('reads an error the same whether it comes live or from a trace', () => {
    const live = fold(stepMachine, input(), [failed('permit', Object.assign(new Error('gone'), { code: 'X' }))]);
    const traced = fold(stepMachine, input(), [failed('permit', { code: 'X', message: 'gone' })]);
    expect(live.snapshot.output).toEqual(traced.snapshot.output);
  });
});

describe('on every path through a step', () => {
  const events = [
    permitted,
    done('permit', { permitted: false, reason: { code: 'PERMIT_REFUSED', message: 'no' } }),
    started,
    exited(0),
    exited(1),
    exited(null, 'SIGKILL'),
    judged('succeeded'),
    judged('failed'),
    interrupt,
    { type: 'step.force' },
    after('stepTimeout', 'step.active.running'),
    after('killGrace', 'step.active.interrupting'),
    after('retryPause', 'step.retrying'),
  ];
  interface Path {
    steps: { event: { type: string } }[];
    state: {
      status: string;
      context: { startedAt: number | null; exit: { exitCode: number | null } | null };
      output: { conclusion: string };
    };
  }
  type Snapshot = SnapshotFrom<typeof stepMachine>;
  const paths = (effect: Effect): Path[] =>
    getSimplePaths(stepMachine, {
      input: input({ step: aStep({ effect, retries: 1 }) }),
      events: events as unknown as StepEvent[],
      filterEvents: (state: Snapshot, event: StepEvent) => state.status === 'active' && state.can(event),
      serializeState: (state: Snapshot) =>
        JSON.stringify([state.value, state.context.stopped, state.context.tries, state.context.exit?.exitCode ?? null]),
      limit: 20_000,
    }) as unknown as Path[];

  it.each(['read', 'idempotent', 'irreversible'] as const)(
    'a started process is awaited before a %s step is over',
    (effect) => {
      const ended = paths(effect).filter(({ state }) => state.status === 'done' && state.context.startedAt !== null);
      expect(ended.length).toBeGreaterThan(5);
      for (const { state } of ended) expect(state.context.exit).not.toBeNull();
    },
  );
  it('an irreversible step starts its process once at most', () => {
    const all = paths('irreversible');
    expect(all.length).toBeGreaterThan(10);
    for (const { steps } of all)
      expect(steps.filter(({ event }) => event.type === 'process.started').length).toBeLessThanOrEqual(1);
  });
  it('no step succeeds without an exit code', () => {
    for (const { state } of paths('read')) {
      if (state.status === 'done' && state.output.conclusion === 'succeeded')
        expect(state.context.exit?.exitCode).not.toBeNull();
    }
  });
});
