import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { expect, test } from 'vitest';
import { migrate } from '../../../src/server/store/migrate.ts';
import * as first from '../../../src/server/store/migrations/0001-first.ts';
import { describeOnStores } from '../../helpers/stores.ts';

const BLOCKED = `insert into organisation values ('o', 'o', 1);
  insert into architecture (id, org_id, name, kind, lock_job_id, lock_fence, blocked, created_at) values
    ('a', 'o', 'a', 'terraform', 'job_1', 3, '{"code": "STEP_LOST", "message": "Lost."}', 1), ('b', 'o', 'b', 'terraform', 'job_2', 4, null, 1)`;

describeOnStores('the tables', (openStore) => {
  test('of the first version are brought up to date, and who blocks an architecture is known', async () => {
    const { db } = await openStore();
    await sql.raw('drop schema public cascade').execute(db);
    await sql.raw('create schema public').execute(db);
    const provider = { getMigrations: async () => ({ '0001-first': first }) };
    expect((await new Migrator({ db, provider }).migrateToLatest()).error).toBeUndefined();
    for (const statement of BLOCKED.split(';')) await sql.raw(statement).execute(db);
    await migrate(db, 'here');
    const rows = await db.selectFrom('architecture').select(['blocked_job', 'reconciler']).orderBy('id').execute();
    expect(rows).toEqual([
      { blocked_job: 'job_1', reconciler: null },
      { blocked_job: null, reconciler: null },
    ]);
  });

  test('of a newer Signalbox are refused in a sentence, and not touched', async () => {
    const { db } = await openStore();
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(db);
    await expect(migrate(db, 'here')).rejects.toMatchObject({
      code: 'DATA_NEWER',
      exitCode: 2,
      message: 'The database here belongs to a newer Signalbox (migration 9999-later), and this one cannot read it.',
    });
    await sql`delete from kysely_migration where name = '9999-later'`.execute(db);
  });
});
