import { afterEach, describe, expect, it } from 'vitest';
import { createOutbox, type JournalledEvent } from '../../src/actors/outbox.ts';
import type { Journal } from '../../src/io/disk/journal.ts';
import { createFakeAttempt, hurriedClock } from './fixtures.ts';

const stop = new Set<AbortController>();
afterEach(() => {
  for (const controller of stop) controller.abort();
  stop.clear();
});
const note = (message: string) => ({ type: 'note' as const, level: 'info' as const, message });
const start = (earlier: JournalledEvent[] = [], mask = (text: string) => text) => {
  const fake = createFakeAttempt();
  const written: unknown[] = [];
  let durable = 0;
  const journal = {
    append: (entry: unknown) => void written.push(entry),
    barrier: async () => void (durable = written.length),
    close: async () => {},
  } as Journal;
  const outbox = createOutbox({ api: fake.api, clock: hurriedClock, journal, earlier, mask });
  const controller = new AbortController();
  stop.add(controller);
  void outbox.run(controller.signal);
  return { fake, outbox, durable: () => durable };
};

describe('events', () => {
  it('arrive once and in order where every second reply is lost', async () => {
    const { fake, outbox } = start();
    for (let number = 0; number < 2500; number++) outbox.tell(note(String(number)));
    await expect.poll(() => fake.events().length).toBe(2500);
    expect(fake.events().map(({ seq }) => seq)).toEqual(Array.from({ length: 2500 }, (_, seq) => seq));
  });
  it('are journalled before they are sent', async () => {
    const { fake, outbox, durable } = start();
    outbox.tell(note('one'));
    outbox.tell(note('two'));
    await expect.poll(() => fake.events().length).toBe(2);
    expect(durable()).toBe(2);
  });
  it('of earlier lives keep their numbers, and their origin is known', async () => {
    const earlier = [0, 1].map((seq) => ({ seq, at: 1, event: note('old'), origin: '1.0' }));
    const { fake, outbox } = start(earlier);
    expect(outbox.toldBy('1.0')).toBe(2);
    outbox.tell(note('new'), '1.0');
    await expect.poll(() => fake.events().length).toBe(3);
    expect(fake.events().map(({ event }) => (event as { message: string }).message)).toEqual(['old', 'old', 'new']);
  });
  it('carry no secret in any of their texts', async () => {
    const { fake, outbox } = start([], (text) => text.replaceAll('s3cret', '***'));
    outbox.tell({ type: 'resource', address: 'a["s3cret"]', action: 'create', moment: 'completed', id: 's3cret' });
    await expect.poll(() => fake.events().length).toBe(1);
    expect(JSON.stringify(fake.events())).not.toContain('s3cret');
  });
  it('that are told after the end are nobody’s', async () => {
    const { fake, outbox } = start();
    outbox.tell(note('last'));
    await outbox.flush();
    outbox.close();
    outbox.tell(note('late'));
    await outbox.flush();
    expect(outbox.count).toBe(1);
    expect(fake.events()).toHaveLength(1);
  });
});
