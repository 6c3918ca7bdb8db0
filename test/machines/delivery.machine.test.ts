import { describe, expect, it } from 'vitest';
import { deliveryMachine } from '../../src/machines/delivery.machine.ts';
import { after, ATTEMPT, done, failed, fold } from './fixtures.ts';

const input = { attempt: ATTEMPT, fence: 7, outcome: { conclusion: 'succeeded', reason: null, exitCode: 0 } };
const journalled = done('journal', undefined);
const down = failed('send', { code: 'CONTROL_PLANE_UNREACHABLE', message: 'down' });
const retry = after('deliveryRetry', 'delivery.waiting');

describe('a delivery', () => {
  it('sends nothing before the result is journalled', () => {
    expect(fold(deliveryMachine, input, []).last).toBe('idle');
    expect(fold(deliveryMachine, input, [journalled]).last).toBe('sending');
  });
  it('waits for the journal, however often it cannot be written', () => {
    const full = failed('journal', { code: 'DISK_FULL', message: 'full' });
    const again = after('deliveryRetry', 'delivery.postponed');
    const events = Array.from({ length: 100 }, () => [full, again]).flat();
    expect(fold(deliveryMachine, input, [...events, full]).last).toBe('postponed');
    expect(fold(deliveryMachine, input, [...events, journalled]).last).toBe('sending');
  });
  it('is tried for ever', () => {
    const day = Array.from({ length: 1000 }, () => [down, retry]).flat();
    expect(fold(deliveryMachine, input, [journalled, ...day]).last).toBe('sending');
    expect(
      fold(deliveryMachine, input, [journalled, ...day, done('send', { fate: 'sealed' })]).snapshot.output,
    ).toEqual({ fate: 'sealed' });
  });
  it('says when a newer attempt held the job', () => {
    expect(fold(deliveryMachine, input, [journalled, done('send', { fate: 'evidence' })]).snapshot.output).toEqual({
      fate: 'evidence',
    });
  });
});
