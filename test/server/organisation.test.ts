import { expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { createIds } from '../../src/io/ids.ts';
import { ensureOrganisation } from '../../src/server/organisation.ts';
import { describeOnStores } from '../helpers/stores.ts';

describeOnStores('the organisation', (openStore) => {
  it('is one, however many control planes start at once', async () => {
    const store = await openStore();
    const context = { store, clock: createClock(), ids: createIds() };
    const made = await Promise.all([1, 2, 3, 4].map(() => ensureOrganisation(context)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made[0]).toMatchObject({ name: 'default' });
    await store.close();
  });
});
