import { describe, expect, it } from 'vitest';
import { createPatience } from '../../../src/cli/follow/patience.ts';
import { SignalboxError } from '../../../src/protocol/errors.ts';

const silence = () => new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint: 'http://x', problem: 'refused' });

/** Time that passes only by waiting. */
const createFakeClock = () => {
  let at = 0;
  return {
    now: () => at,
    elapsed: () => at,
    setTimeout: () => null,
    clearTimeout: () => {},
    wait: async (ms: number) => void (at += ms),
  };
};
const open = (isHurried = () => false) => {
  const told: string[] = [];
  const clock = createFakeClock();
  return { told, clock, patience: createPatience({ clock, tell: (message) => told.push(message), isHurried }) };
};

describe('patience', () => {
  it('tries again through silence, and says so once, and once that it is over', async () => {
    const { told, patience } = open();
    let tries = 0;
    const answer = await patience(async () => {
      tries += 1;
      if (tries < 6) throw silence();
      return 'here';
    });
    expect(answer).toBe('here');
    expect(told).toEqual([
      'The control plane at http://x cannot be reached: refused. Trying again for 2 minutes.',
      'The control plane answers again.',
    ]);
  });

  it('gives up after two minutes of it', async () => {
    const { clock, patience } = open();
    await expect(patience(() => Promise.reject(silence()))).rejects.toMatchObject({
      code: 'CONTROL_PLANE_UNREACHABLE',
    });
    expect(clock.elapsed()).toBeGreaterThan(120_000);
    expect(clock.elapsed()).toBeLessThan(130_000);
  });

  it('has none for a refusal, and none once the user is leaving', async () => {
    const refusal = new SignalboxError('NOT_FOUND', { thing: 'pipeline', id: 'p' });
    await expect(open().patience(() => Promise.reject(refusal))).rejects.toBe(refusal);
    const { clock, patience } = open(() => true);
    await expect(patience(() => Promise.reject(silence()))).rejects.toMatchObject({
      code: 'CONTROL_PLANE_UNREACHABLE',
    });
    expect(clock.elapsed()).toBe(0);
  });
});
