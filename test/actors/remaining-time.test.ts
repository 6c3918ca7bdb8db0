import { describe, expect, it } from 'vitest';
import { toRemainingMs } from '../../src/actors/remaining-time.ts';
import type { World } from '../../src/actors/world.ts';
import { hurriedClock } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const remaining = (
  now: { wall?: number; elapsed: number; boot?: string },
  prepared: { startedElapsed?: number; hostBoot?: string } | null,
): number => {
  const clock = { ...hurriedClock, now: () => now.wall ?? 0, elapsed: () => now.elapsed };
  const settings = { hostBoot: now.boot ?? 'boot-1', maxExecutionMs: HOUR_MS } as World['settings'];
  return toRemainingMs({ clock, settings }, { maxExecutionMs: 2 * HOUR_MS }, prepared);
};
const begun = { startedElapsed: 1000, hostBoot: 'boot-1' };

describe('what is left of the time of a job that is taken over', () => {
  it('is counted on the clock since boot, up to the shorter of the two limits', () => {
    expect(remaining({ elapsed: 61_000 }, begun)).toBe(HOUR_MS - 60_000);
  });
  it('is the same however wall time jumped', () => {
    for (const wall of [-10 * HOUR_MS, 0, 10 * HOUR_MS]) {
      expect(remaining({ wall, elapsed: 61_000 }, begun)).toBe(HOUR_MS - 60_000);
    }
  });
  it('is never less than a moment, so that a late job is adopted and then interrupted', () => {
    expect(remaining({ elapsed: 9 * HOUR_MS }, begun)).toBe(1000);
  });
  it('is all of it across a boot, and for a job that an older runner prepared: never early', () => {
    expect(remaining({ elapsed: 9 * HOUR_MS, boot: 'boot-2' }, begun)).toBe(HOUR_MS);
    expect(remaining({ elapsed: 9 * HOUR_MS }, {})).toBe(HOUR_MS);
    expect(remaining({ elapsed: 9 * HOUR_MS, boot: '' }, { startedElapsed: 0, hostBoot: '' })).toBe(HOUR_MS);
    expect(remaining({ elapsed: 0 }, null)).toBe(HOUR_MS);
  });
});
