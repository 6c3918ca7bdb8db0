import { createActor, fromPromise, SimulatedClock } from 'xstate';
import { describe, expect, it } from 'vitest';
import { leaseMachine, type Renewal } from '../../src/machines/lease.machine.ts';
import { after, ATTEMPT, done, failed, fold } from './fixtures.ts';

const input = { attempt: ATTEMPT, fence: 7, renewMs: 10_000 };
const due = after('leaseRenewal', 'lease.held');
const silence = failed('renewal', { code: 'CONTROL_PLANE_UNREACHABLE', message: 'down' });

describe('a lease', () => {
  it('is held until the control plane itself says otherwise, however long it is silent', () => {
    const retry = after('renewalRetry', 'lease.overdue');
    const events = [due, ...Array.from({ length: 500 }, () => [silence, retry]).flat()];
    const { snapshot } = fold(leaseMachine, input, events);
    expect(snapshot.status).toBe('active');
    expect(fold(leaseMachine, input, [...events, done('renewal', { outcome: 'renewed' })]).last).toBe('held');
  });
  it.each(['fenced', 'lost'] as const)('says when it is %s', (outcome) => {
    const { snapshot } = fold(leaseMachine, input, [due, done('renewal', { outcome })]);
    expect(snapshot.output).toEqual({ outcome });
  });
  it('is renewed once in each interval', async () => {
    const clock = new SimulatedClock();
    let renewals = 0;
    const renewLease = fromPromise<Renewal, { attempt: string; fence: number }>(async () => {
      renewals += 1;
      return { outcome: 'renewed' };
    });
    const actor = createActor(leaseMachine.provide({ actors: { renewLease } }), { input, clock }).start();
    for (let second = 0; second < 60; second++) {
      clock.increment(1000);
      await Promise.resolve().then(() => Promise.resolve());
    }
    actor.stop();
    expect(renewals).toBe(6);
  });
});
