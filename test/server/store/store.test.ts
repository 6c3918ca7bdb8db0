import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toJson } from '../../../src/server/store/json.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { describeOnStores } from '../../helpers/stores.ts';

const organisation = (id: string) => ({ id, name: `name of ${id}`, created_at: 1_790_000_000_000 });
const architecture = (id: string) => ({
  id,
  org_id: 'o1',
  name: id,
  kind: 'terraform' as const,
  tool_version: null,
  fence: 0,
  lock_job_id: null,
  lock_fence: null,
  blocked: null,
  last_number: 0,
  created_at: 1,
});

/** Resolves when `count` payloads were heard. */
const hearing = async (store: Store, channel: string, count: number) => {
  const heard: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const stop = await store.listen(channel, (payload) => heard.push(payload) === count && resolve(heard));
  return { heard, all: promise, stop };
};

describeOnStores('a store', (openStore) => {
  test('every SQL type arrives as the same JavaScript type', async () => {
    const { db } = await openStore();
    const { rows } = await sql<Record<string, unknown>>`select 9007199254740991::bigint as big, 7::int as small,
      '\\x00ff'::bytea as bytes, '{"a":[1,null]}'::jsonb as document, true as truth, 't'::text as text, null::bigint as none,
      count(*) as count from served`.execute(db);
    const { bytes, ...rest } = rows[0]!;
    expect(rest).toEqual({
      big: 9007199254740991,
      small: 7,
      document: { a: [1, null] },
      truth: true,
      text: 't',
      none: null,
      count: 1,
    });
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect([...(bytes as Uint8Array)]).toEqual([0, 255]);
  });

  test.each([
    [[]],
    [['a', 'b']],
    [[{ deep: [1, [2]] }]],
    [{ a: 'it\'s "quoted"\\ \n' }],
    ['bare text'],
    [7],
    [false],
    [null],
  ])('a jsonb column keeps %j as it was', async (value) => {
    const { db } = await openStore();
    const row = { id: 'a1', org_id: 'o1', at: 1, actor: 'x', action: 'y', subject: 'z' };
    await db
      .insertInto('audit')
      .values({ ...row, body: toJson({ value }) })
      .execute();
    expect((await db.selectFrom('audit').select('body').executeTakeFirstOrThrow()).body).toEqual({ value });
    const { rows } = await sql<{ out: unknown }>`select ${toJson(value)} as out`.execute(db);
    expect(rows[0]!.out).toEqual(value);
  });

  test('bytes go in and come out unchanged', async () => {
    const { db } = await openStore();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    const { rows } = await sql<{ out: Uint8Array }>`select ${bytes}::bytea as out`.execute(db);
    expect(Buffer.compare(rows[0]!.out, bytes)).toBe(0);
  });

  test('a failed statement tells its SQLSTATE, and the store goes on', async () => {
    const { db } = await openStore();
    await db.insertInto('organisation').values(organisation('o1')).execute();
    const again = db.insertInto('organisation').values(organisation('o1')).execute();
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'organisation_pkey' });
    expect(await db.selectFrom('organisation').select('id').execute()).toEqual([{ id: 'o1' }]);
  });

  test('a transaction that throws leaves nothing behind', async () => {
    const { db } = await openStore();
    const failing = db.transaction().execute(async (tx) => {
      await tx.insertInto('organisation').values(organisation('o1')).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await db.selectFrom('organisation').selectAll().execute()).toEqual([]);
  });

  test('two transactions at once serialise on the row that both change', async () => {
    const { db } = await openStore();
    await db.insertInto('organisation').values(organisation('o1')).execute();
    await db.insertInto('architecture').values(architecture('a1')).execute();
    const raise = () =>
      db.transaction().execute(async (tx) => {
        const { fence } = await tx
          .selectFrom('architecture')
          .select('fence')
          .where('id', '=', 'a1')
          .forUpdate()
          .executeTakeFirstOrThrow();
        await tx
          .updateTable('architecture')
          .set({ fence: fence + 1 })
          .where('id', '=', 'a1')
          .execute();
        return fence + 1;
      });
    const fences = await Promise.all(Array.from({ length: 20 }, raise));
    expect(fences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('a query beside a transaction never becomes part of it', async () => {
    const { db } = await openStore();
    const begun = Promise.withResolvers<void>();
    const failing = db.transaction().execute(async (tx) => {
      await tx.insertInto('organisation').values(organisation('inside')).execute();
      begun.resolve();
      await tx.selectFrom('organisation').selectAll().execute();
      throw new Error('undone');
    });
    await begun.promise;
    await Promise.all([
      db.insertInto('organisation').values(organisation('beside')).execute(),
      expect(failing).rejects.toThrow('undone'),
    ]);
    expect(await db.selectFrom('organisation').select('id').execute()).toEqual([{ id: 'beside' }]);
  });

  test('jobs are taken once, however many take at a time (SKIP LOCKED)', async () => {
    const { db } = await openStore();
    const rows = Array.from({ length: 30 }, (_, index) => ({ ...organisation(`o${index}`), created_at: 0 }));
    await db.insertInto('organisation').values(rows).execute();
    const take = () =>
      db
        .updateTable('organisation')
        .set({ created_at: 1 })
        .where('id', '=', (from) =>
          from
            .selectFrom('organisation')
            .select('id')
            .where('created_at', '=', 0)
            .orderBy('id')
            .limit(1)
            .forUpdate()
            .skipLocked(),
        )
        .returning('id')
        .executeTakeFirst();
    const taken = await Promise.all(Array.from({ length: 30 }, take));
    expect(new Set(taken.map((row) => row?.id)).size).toBe(30);
  });

  test('a notification is heard when its transaction commits, in order', async () => {
    const store = await openStore();
    const ear = await hearing(store, 'signalbox', 3);
    await store.db.transaction().execute(async (tx) => {
      await store.notify(tx, 'signalbox', 'one');
      await store.notify(tx, 'signalbox', 'two');
      expect(ear.heard).toEqual([]);
    });
    await store.notify(store.db, 'signalbox', 'three');
    expect(await ear.all).toEqual(['one', 'two', 'three']);
  });

  test('a notification of a rolled back transaction wakes nobody', async () => {
    const store = await openStore();
    const ear = await hearing(store, 'signalbox', 1);
    const failing = store.db.transaction().execute(async (tx) => {
      await store.notify(tx, 'signalbox', 'never');
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await store.notify(store.db, 'signalbox', 'after');
    expect(await ear.all).toEqual(['after']);
  });

  test('who stopped listening hears nothing more, and others still do', async () => {
    const store = await openStore();
    const first = await hearing(store, 'signalbox', 1);
    const second = await hearing(store, 'signalbox', 2);
    await store.notify(store.db, 'signalbox', 'both');
    await first.all;
    await first.stop();
    await store.notify(store.db, 'signalbox', 'second');
    expect(await second.all).toEqual(['both', 'second']);
    expect(first.heard).toEqual(['both']);
    await second.stop();
  });
});
