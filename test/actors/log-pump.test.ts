import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogPump } from '../../src/actors/log-pump.ts';
import { createTextSegment, type LogSegment } from '../../src/actors/log-segment.ts';
import { createMasker } from '../../src/io/mask.ts';
import { createFakeAttempt, createHashNow, hurriedClock } from './fixtures.ts';

const stop = new Set<AbortController>();
afterEach(() => {
  for (const controller of stop) controller.abort();
  stop.clear();
});

const start = (fake: ReturnType<typeof createFakeAttempt>, secrets: string[] = []) => {
  const pump = createLogPump({
    api: fake.api,
    clock: hurriedClock,
    masker: createMasker(secrets),
    createHash: createHashNow,
  });
  const controller = new AbortController();
  stop.add(controller);
  void pump.run(controller.signal);
  return pump;
};
/** Output of `size` bytes in pieces, the same at each reading. */
const createOutput = (size: number, piece = 100_000, onRead: (bytes: number) => void = () => {}): LogSegment => ({
  isOutput: true,
  read: async (put) => {
    for (let at = 0; at < size; at += piece) {
      const bytes = Buffer.alloc(Math.min(piece, size - at), 97 + ((at / piece) % 26));
      onRead(bytes.length);
      await put(bytes);
    }
  },
});
const settle = async (pump: ReturnType<typeof start>) => {
  await pump.drained();
  for (let misses = 0; misses < 1000; misses++) {
    try {
      await pump.flush();
      return;
    } catch {
      // As the delivery does: again.
    }
  }
  throw new Error('the log was never taken');
};

describe('a log', () => {
  it('arrives once and in order, and its digest is of what arrived', async () => {
    const fake = createFakeAttempt();
    const pump = start(fake);
    pump.add(createTextSegment('first\n'));
    pump.add(createOutput(5_000_000));
    pump.add(createTextSegment('last\n'));
    await settle(pump);
    expect(fake.log().startsWith('first\naaa')).toBe(true);
    expect(fake.log().endsWith('last\n')).toBe(true);
    expect(fake.logBytes().length).toBe(5_000_011);
    expect(pump.bytes).toBe(5_000_011);
    expect(pump.digest()).toBe(createHash('sha256').update(fake.logBytes()).digest('hex'));
  });
  it('arrives once where every second reply is lost', async () => {
    const fake = createFakeAttempt({ log: (call) => (call % 2 === 0 ? 'lose reply' : null) });
    const pump = start(fake);
    for (let line = 0; line < 300; line++) pump.add(createTextSegment(`line ${line}\n`));
    pump.add(createOutput(3_000_000));
    await settle(pump);
    expect(fake.log().match(/line \d+\n/g)).toHaveLength(300);
    expect(createHash('sha256').update(fake.logBytes()).digest('hex')).toBe(pump.digest());
  });
  it('of a later life sends only what the control plane does not have', async () => {
    const fake = createFakeAttempt();
    fake.preload('first\nsecond\nthi');
    const pump = start(fake);
    for (const text of ['first\n', 'second\n', 'third\n']) pump.add(createTextSegment(text));
    await settle(pump);
    expect(fake.log()).toBe('first\nsecond\nthird\n');
  });
  it('is read and sent again where acknowledged bytes were lost over there', async () => {
    const fake = createFakeAttempt();
    const pump = start(fake);
    pump.add(createTextSegment('one\n'));
    pump.add(createTextSegment('two\n'));
    await settle(pump);
    fake.cutLog(2);
    pump.add(createTextSegment('three\n'));
    await settle(pump);
    expect(fake.log()).toBe('one\ntwo\nthree\n');
    expect(pump.digest()).toBe(createHash('sha256').update('one\ntwo\nthree\n').digest('hex'));
  });
  it('is masked last', async () => {
    const fake = createFakeAttempt();
    const pump = start(fake, ['hunter2-secret']);
    pump.add({
      isOutput: true,
      read: async (put) => {
        for (const byte of Buffer.from('password hunter2-secret!\n')) await put(Buffer.of(byte));
      },
    });
    await settle(pump);
    expect(fake.log()).toBe('password ***!\n');
  });
  it('is read to its end, for its evidence, also when nobody takes it any more', async () => {
    const fake = createFakeAttempt({ log: () => 'fence' });
    const pump = start(fake);
    let read = 0;
    pump.add(createOutput(6_000_000, 100_000, (bytes) => (read += bytes)));
    await pump.drained();
    expect(read).toBe(6_000_000);
    expect(fake.log()).toBe('');
  });
  it('holds two megabytes at most while nobody takes it', async () => {
    const fake = createFakeAttempt({ log: () => 'refuse' });
    const pump = start(fake);
    let read = 0;
    pump.add(createOutput(50_000_000, 100_000, (bytes) => (read += bytes)));
    await expect.poll(() => fake.calls()).toBeGreaterThan(5);
    expect(read).toBeLessThan(2 * 2 ** 20 + 200_000);
  });
});
