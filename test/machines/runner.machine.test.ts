import { describe, expect, it } from 'vitest';
import { runnerMachine } from '../../src/machines/runner.machine.ts';
import { after, aJob, done, failed, fold } from './fixtures.ts';

const input = { name: 'fra-1', slots: 2, stopGraceMs: 1000 };
const recovered = { type: 'recovery.finished' };
const facts = { session: 'ses_0123456789abcdef', runner: 'rnr_0123456789abcdef', renewMs: 10_000, pollHoldMs: 25_000 };
const enrolled = done('enrol', { enrolled: true, facts });
const refused = (final: boolean) =>
  done('enrol', { enrolled: false, final, reason: { code: 'RUNNER_TOKEN_REVOKED', message: 'revoked' } });
const attempt = (n: number) => `job_${String(n).padStart(16, '0')}.1`;
const offer = (n: number) => ({ type: 'offer.received', attempt: attempt(n) });
const jobInput = (n: number) => ({
  spec: aJob({ attempt: attempt(n) }),
  fence: 1,
  renewMs: 1,
  remainingMs: 1,
  found: null,
});
const claimed = (n: number) => done(`claim.${attempt(n)}`, { claimed: true, job: jobInput(n) });
const notClaimed = (n: number) =>
  done(`claim.${attempt(n)}`, {
    claimed: false,
    attempt: attempt(n),
    reason: { code: 'OFFER_TAKEN', message: 'taken' },
  });
const over = (n: number) => done(`job.${attempt(n)}`, { attempt: attempt(n), conclusion: 'succeeded', fate: 'sealed' });
const online = [recovered, enrolled];
const run = (...events: ({ type: string } & Record<string, unknown>)[]) => fold(runnerMachine, input, events);

describe('a runner', () => {
  it('recovers, enrols and is idle', () => {
    expect(run(...online).states).toEqual(['recovering', 'enrolling.trying', 'online.idle']);
  });
  it('never holds more than its slots', () => {
    const { snapshot } = run(...online, offer(1), offer(2), offer(3));
    expect(snapshot.context.claims).toEqual([attempt(1), attempt(2)]);
  });
  it('gives an offer back at once that no slot is free for, and only such a one', () => {
    expect(run(...online, offer(1), offer(2), offer(3)).actions).toEqual(['xstate.spawnChild']);
    expect(run(...online, offer(1), offer(2), offer(2)).actions).toEqual([]);
    const answered = done(`decline.${attempt(3)}`, undefined);
    expect(run(...online, offer(1), offer(2), offer(3), answered).snapshot.context.claims).toHaveLength(2);
  });
  it('never claims one offer twice', () => {
    expect(run(...online, offer(1), offer(1)).snapshot.context.claims).toEqual([attempt(1)]);
    expect(run(...online, offer(1), claimed(1), offer(1)).snapshot.context.claims).toEqual([]);
  });
  it('is leased while it claims, running while it holds a job, and idle again after', () => {
    expect(run(...online, offer(1), claimed(1), over(1)).states.slice(3)).toEqual([
      'online.leased',
      'online.running',
      'online.idle',
    ]);
  });
  it('frees the slot of an offer that it could not claim', () => {
    expect(run(...online, offer(1), notClaimed(1), offer(2)).snapshot.context.claims).toEqual([attempt(2)]);
    expect(run(...online, offer(1), failed(`claim.${attempt(1)}`, { message: 'x' })).snapshot.context.claims).toEqual(
      [],
    );
  });
  it('tries to enrol for ever while it is not refused', () => {
    const failedOnce = [recovered, failed('enrol', { code: 'CONTROL_PLANE_UNREACHABLE', message: 'down' })];
    expect(run(...failedOnce).last).toBe('enrolling.waiting');
    expect(run(...failedOnce, after('enrolRetry', 'runner.enrolling.waiting'), enrolled).last).toBe('online.idle');
  });
  it('fails when its token is refused and it holds nothing', () => {
    const { snapshot } = run(recovered, refused(true));
    expect(snapshot.value).toBe('failed');
    expect(snapshot.output.reason.code).toBe('RUNNER_TOKEN_REVOKED');
  });
  it('finishes what it runs before it fails over a revoked token', () => {
    const revoked = { type: 'token.refused', reason: { code: 'RUNNER_TOKEN_REVOKED', message: 'revoked' } };
    expect(run(...online, offer(1), claimed(1), revoked).last).toBe('refused');
    expect(run(...online, offer(1), claimed(1), revoked, over(1)).last).toBe('failed');
  });
  it('enrols again when its session ends, and keeps its jobs', () => {
    const { last, snapshot } = run(...online, offer(1), claimed(1), {
      type: 'session.ended',
      reason: { code: 'SESSION_OVER', message: 'over' },
    });
    expect(last).toBe('enrolling.trying');
    expect(snapshot.context.jobs).toEqual([attempt(1)]);
  });
  it('takes jobs over that recovery found', () => {
    const { snapshot } = run({ type: 'job.found', job: jobInput(4) }, ...online);
    expect(snapshot.context.jobs).toEqual([attempt(4)]);
    expect(snapshot.value).toEqual({ online: 'running' });
  });
  it('passes a cancel on to the job it concerns, and to no other', () => {
    const cancel = (n: number) => ({ type: 'attempt.cancelled', attempt: attempt(n), desired: 'cancel' });
    expect(run(...online, offer(1), claimed(1), cancel(1)).actions).toContain('xstate.sendTo');
    expect(run(...online, offer(1), claimed(1), cancel(2)).actions).toEqual([]);
  });
});

describe('a draining runner', () => {
  const drain = { type: 'runner.drain' };
  it('takes no offer', () => {
    expect(run(...online, drain, offer(1)).snapshot.context.claims).toEqual([]);
  });
  it('waits for what it runs, then leaves', () => {
    const waiting = [...online, offer(1), claimed(1), drain, done('withdraw', undefined)];
    expect(run(...waiting).last).toBe('draining.finishing');
    expect(run(...waiting, over(1)).last).toBe('draining.leaving');
    expect(run(...waiting, over(1), done('leave', undefined)).last).toBe('stopped');
  });
  it('stops after its grace, and what runs goes on without it', () => {
    const { snapshot } = run(...online, offer(1), claimed(1), drain, after('stopGrace', 'runner.draining'));
    expect(snapshot.value).toBe('stopped');
  });
});

describe('a runner whose disk is full', () => {
  const full = { type: 'disk.full', reason: { code: 'DISK_LOW', message: 'Less than 64 MiB are free.' } };
  const well = { type: 'disk.well' };
  it('says so to the poll, claims nothing, and gives offers back', () => {
    const offered = run(...online, full, offer(1));
    expect(offered.snapshot.context.claims).toEqual([]);
    expect(offered.actions).toEqual(['xstate.spawnChild']);
    expect(run(...online, full).actions).toContain('xstate.sendTo');
  });
  it('keeps what it runs', () => {
    const { last, snapshot } = run(...online, offer(1), claimed(1), full);
    expect(last).toBe('online.running');
    expect(snapshot.context).toMatchObject({ jobs: [attempt(1)], problem: { code: 'DISK_LOW' } });
  });
  it('takes jobs again by itself when there is room', () => {
    const { snapshot } = run(...online, full, well, offer(1));
    expect(snapshot.context).toMatchObject({ claims: [attempt(1)], problem: null });
  });
  it('knows of it before its first session, too', () => {
    expect(run(full, ...online, offer(1)).snapshot.context.claims).toEqual([]);
  });
});

describe('a claim that could not be kept on this host', () => {
  const stranded = done(`claim.${attempt(1)}`, {
    claimed: false,
    attempt: attempt(1),
    reason: { code: 'DISK_FULL', message: 'full' },
    isStranded: true,
  });
  it('goes back with a new session, which does not name it', () => {
    const { last, snapshot } = run(...online, offer(1), stranded);
    expect(last).toBe('enrolling.trying');
    expect(snapshot.context.claims).toEqual([]);
  });
  it('does not end a drain', () => {
    expect(run(...online, offer(1), { type: 'runner.drain' }, stranded).last).toMatch(/^draining/);
  });
});
