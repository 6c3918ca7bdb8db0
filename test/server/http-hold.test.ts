import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import type { Wake } from '../../src/server/context.ts';
import { holdUntil } from '../../src/server/http-hold.ts';

const clock = createClock();

/** Waiters of one process, woken by hand. */
const createHandWake = () => {
  const waiters = new Set<() => void>();
  const wake: Wake = {
    wait: async (_topic, waitMs, signal) => {
      const woken = new Promise<boolean>((resolve) => waiters.add(() => resolve(true)));
      return Promise.race([woken, clock.wait(waitMs, signal).then(() => false)]);
    },
  };
  return { wake, wakeAll: () => waiters.forEach((wakeOne) => wakeOne()) };
};

describe('a held call', () => {
  it('answers at once where there is something new', async () => {
    const { wake } = createHandWake();
    const hold = { topic: 't', waitMs: 60_000, signal: new AbortController().signal };
    expect(await holdUntil({ clock, wake }, hold, async () => ({ value: 1, isNew: true }))).toBe(1);
  });

  it('misses no change that falls between its look and its wait', async () => {
    const { wake, wakeAll } = createHandWake();
    const hold = { topic: 't', waitMs: 60_000, signal: new AbortController().signal };
    let version = 1;
    const value = await holdUntil({ clock, wake }, hold, async () => {
      const seen = version;
      if (seen === 1) {
        version = 2;
        wakeAll();
      }
      return { value: seen, isNew: seen > 1 };
    });
    expect(value).toBe(2);
  });

  it('answers with what there is when its time is over', async () => {
    const { wake } = createHandWake();
    const hold = { topic: 't', waitMs: 20, signal: new AbortController().signal };
    expect(await holdUntil({ clock, wake }, hold, async () => ({ value: 'old', isNew: false }))).toBe('old');
  });

  it('ends when its caller leaves', async () => {
    const { wake } = createHandWake();
    const caller = new AbortController();
    const hold = { topic: 't', waitMs: 60_000, signal: caller.signal };
    const held = holdUntil({ clock, wake }, hold, async () => ({ value: 'old', isNew: false }));
    caller.abort();
    expect(await held).toBe('old');
  });

  it('looks once and does not wait where it is not to be held', async () => {
    const { wake } = createHandWake();
    let looks = 0;
    await holdUntil({ clock, wake }, { topic: 't', waitMs: 0, signal: new AbortController().signal }, async () => {
      looks += 1;
      return { value: null, isNew: false };
    });
    expect(looks).toBe(1);
  });

  it('passes on what the look throws', async () => {
    const { wake } = createHandWake();
    const hold = { topic: 't', waitMs: 60_000, signal: new AbortController().signal };
    await expect(holdUntil({ clock, wake }, hold, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });
});
