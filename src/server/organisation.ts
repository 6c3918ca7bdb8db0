import type { ServerContext } from './context.ts';

export interface Organisation {
  id: string;
  name: string;
}

/** The one organisation there is for now, made at the first start. Safe with several replicas starting at once. */
export const ensureOrganisation = async ({
  store,
  clock,
  ids,
}: Pick<ServerContext, 'store' | 'clock' | 'ids'>): Promise<Organisation> => {
  const name = 'default';
  await store.db
    .insertInto('organisation')
    .values({ id: ids.create('org'), name, created_at: clock.now() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return store.db.selectFrom('organisation').select(['id', 'name']).where('name', '=', name).executeTakeFirstOrThrow();
};
