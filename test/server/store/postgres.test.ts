import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { openPostgres } from '../../../src/server/store/postgres.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { createDatabase, hasServer } from '../../helpers/stores.ts';

test('a server that is not there is a sentence', async () => {
  const opening = openPostgres('postgresql://me:hunter2@127.0.0.1:1/none', createClock());
  await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  await expect(opening).rejects.not.toThrow('hunter2');
});

describe.skipIf(!hasServer)('a PostgreSQL server', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let stores: Store[];
  const open = async () => {
    const store = await openPostgres(database.url, createClock());
    stores.push(store);
    return store;
  };
  const killConnections = ({ db }: Store, name: string) =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}
      and datname = current_database() and pid <> pg_backend_pid()`.execute(db);
  beforeEach(async () => {
    database = await createDatabase();
    stores = [];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });

  test('a database that does not exist is a sentence', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    await expect(openPostgres(url.href, createClock())).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  test('several that open an empty database at once all find it migrated', async () => {
    const opened = await Promise.all([open(), open(), open(), open()]);
    for (const { db } of opened) expect(await db.selectFrom('served').select('id').execute()).toEqual([{ id: 1 }]);
  });

  test('one replica hears what another one notifies', async () => {
    const [first, second] = [await open(), await open()];
    const { promise, resolve } = Promise.withResolvers<string>();
    await first!.listen('signalbox', resolve);
    await second!.notify(second!.db, 'signalbox', 'from afar');
    expect(await promise).toBe('from afar');
  });

  test('a listener whose connection breaks comes back, and says that it may have missed some', async () => {
    const store = await open();
    const heard: string[] = [];
    let more = Promise.withResolvers<void>();
    await store.listen('signalbox', (payload) => {
      heard.push(payload);
      more.resolve();
    });
    await killConnections(store, 'signalbox-listen');
    await more.promise;
    more = Promise.withResolvers<void>();
    await store.notify(store.db, 'signalbox', 'again');
    await more.promise;
    expect(heard).toEqual(['', 'again']);
  });

  test('a query whose connection breaks is DATABASE_UNREACHABLE, and the next one finds another', async () => {
    const [store, killer] = [await open(), await open()];
    const begun = Promise.withResolvers<void>();
    const killed = Promise.withResolvers<void>();
    const transaction = store!.db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      begun.resolve();
      await killed.promise;
      await sql`select 2`.execute(tx);
    });
    const outcome = expect(transaction).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    await begun.promise;
    await killConnections(killer!, 'signalbox');
    killed.resolve();
    await outcome;
    expect(await store!.db.selectFrom('served').select('id').execute()).toEqual([{ id: 1 }]);
  });
});
