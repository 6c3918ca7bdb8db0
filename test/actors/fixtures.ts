import { createHash } from 'node:crypto';
import type { AttemptApi } from '../../src/io/api.ts';
import type { Clock } from '../../src/io/clock.ts';
import { SignalboxError } from '../../src/protocol/errors.ts';
import type { StampedEvent } from '../../src/protocol/attempt.ts';

export const createHashNow = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
};

/** Time that passes at once: a wait is over in the next turn. */
export const hurriedClock: Clock = {
  now: () => 0,
  elapsed: () => 0,
  setTimeout: (callback) => setImmediate(callback),
  clearTimeout: (id) => clearImmediate(id as NodeJS.Immediate),
  wait: (_, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) resolve();
      else setImmediate(resolve);
    }),
};

/** A fake control plane for one attempt: it keeps what it takes, and misbehaves as told. */
export const createFakeAttempt = (
  misbehave: { log?: (call: number) => 'lose reply' | 'refuse' | 'fence' | null } = {},
) => {
  let log = Buffer.alloc(0);
  const events: StampedEvent[] = [];
  let calls = 0;
  let eventCalls = 0;
  const unreachable = () => new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint: 'x', problem: 'it is a fake' });
  const api = {
    appendLog: async (offset: number, bytes: Uint8Array) => {
      const how = misbehave.log?.(calls++) ?? null;
      await new Promise((resolve) => setImmediate(resolve));
      if (how === 'refuse') throw unreachable();
      if (how === 'fence') throw new SignalboxError('FENCED', { attempt: 'x', fence: 1, current: 2 });
      if (offset > log.length) return log.length;
      log = Buffer.concat([log, bytes.subarray(Math.max(0, log.length - offset))]);
      if (how === 'lose reply') throw unreachable();
      return log.length;
    },
    sendEvents: async (batch: StampedEvent[]) => {
      const how = eventCalls++ % 2 === 1;
      for (const event of batch) if (event.seq === events.length) events.push(event);
      if (how) throw unreachable();
      return { next: events.length, desired: 'run' as const };
    },
  };
  return {
    api: api as unknown as AttemptApi,
    log: () => log.toString(),
    logBytes: () => log,
    cutLog: (length: number) => {
      log = log.subarray(0, length);
    },
    preload: (text: string) => {
      log = Buffer.from(text);
    },
    events: () => events,
    calls: () => calls,
  };
};
