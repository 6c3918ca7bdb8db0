import { expect, test } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { CHANNEL } from '../../../src/server/context.ts';
import { createWake } from '../../../src/server/store/wake.ts';
import { describeOnStores } from '../../helpers/stores.ts';

const LONG_MS = 60_000;

describeOnStores('wake', (openStore) => {
  const start = async () => {
    const store = await openStore();
    const wake = await createWake(store, createClock());
    return { store, wake, notify: (topic: string) => store.notify(store.db, CHANNEL, topic) };
  };

  test('a wait ends when its topic is woken, and others go on', async () => {
    const { wake, notify } = await start();
    const other = wake.wait('pipeline:2', LONG_MS);
    const waits = [wake.wait('pipeline:1', LONG_MS), wake.wait('pipeline:1', LONG_MS)];
    await notify('pipeline:1');
    expect(await Promise.all(waits)).toEqual([true, true]);
    await notify('pipeline:2');
    expect(await other).toBe(true);
    await wake.close();
  });

  test('what is woken between the wait and the look is not missed', async () => {
    const { store, wake, notify } = await start();
    const waiting = wake.wait('log:1', LONG_MS);
    await notify('log:1');
    await store.db.selectFrom('served').selectAll().execute();
    expect(await waiting).toBe(true);
    await wake.close();
  });

  test('a wait ends by itself, unwoken', async () => {
    const { wake } = await start();
    expect(await wake.wait('log:1', 1)).toBe(false);
    await wake.close();
  });

  test('an aborted wait ends at once, also one that begins aborted', async () => {
    const { wake } = await start();
    const abort = new AbortController();
    const waiting = wake.wait('log:1', LONG_MS, abort.signal);
    abort.abort();
    expect(await waiting).toBe(false);
    expect(await wake.wait('log:1', LONG_MS, abort.signal)).toBe(false);
    await wake.close();
  });

  test('an empty payload wakes everybody: some may have missed theirs', async () => {
    const { wake, notify } = await start();
    const waits = [wake.wait('log:1', LONG_MS), wake.wait('log:2', LONG_MS)];
    await notify('');
    expect(await Promise.all(waits)).toEqual([true, true]);
    await wake.close();
  });

  test('closing ends every wait, unwoken', async () => {
    const { wake } = await start();
    const waiting = wake.wait('log:1', LONG_MS);
    await wake.close();
    expect(await waiting).toBe(false);
  });
});
