import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPglite, type PgliteStore } from '../../../src/server/store/pglite.ts';
import { openTestPglite } from '../../helpers/stores.ts';

const START_MS = 60_000;
const COMMITS = 300;

let folder: string;
/** A closed database of nothing but the tables. */
let fresh: string;
let directory: string;
let number = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-pglite-'));
  fresh = join(folder, 'fresh');
  await (await openTestPglite(fresh)).close();
}, START_MS);
beforeEach(() => {
  directory = join(folder, `database-${number++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const copyFresh = () => cp(fresh, directory, { recursive: true });
const addOrganisation = ({ db }: PgliteStore, id: string) =>
  db.insertInto('organisation').values({ id, name: id, created_at: 0 }).execute();

test('an acknowledged commit survives kill -9', { timeout: START_MS }, async () => {
  await copyFresh();
  const child = spawn(process.execPath, ['test/fixtures/bin/commits-until-killed.ts', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let last = -1;
  for await (const line of createInterface(child.stdout)) {
    last = Number(line);
    if (last === COMMITS) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(last).toBeGreaterThanOrEqual(COMMITS);
  const store = await openPglite(directory);
  const { rows } = await sql<{ n: number }>`select count(*) as n from organisation
    where id in (select 'o' || number from generate_series(0, ${last}::int) as number)`.execute(store.db);
  expect(rows[0]!.n).toBe(last + 1);
  const { ms } = await store.db.selectFrom('served').select('ms').executeTakeFirstOrThrow();
  expect(ms).toBeGreaterThanOrEqual(last);
  await store.close();
});

test('every commit is synced to disk before it is acknowledged', { timeout: START_MS }, async () => {
  await copyFresh();
  const store = await openPglite(directory);
  for (let index = 0; index < 100; index += 1) {
    const before = store.countSyncs();
    await addOrganisation(store, `o${index}`);
    expect(store.countSyncs()).toBeGreaterThan(before);
  }
  await store.close();
});

test('a new database is on disk, file by file, before it is used', { timeout: START_MS }, async () => {
  const store = await openTestPglite(directory);
  const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(500);
  expect(store.countSyncs()).toBeGreaterThan(files.length);
  await store.close();
});

test('a reading transaction costs no sync', { timeout: START_MS }, async () => {
  await copyFresh();
  const store = await openPglite(directory);
  const before = store.countSyncs();
  for (let index = 0; index < 50; index += 1) await store.db.selectFrom('served').selectAll().execute();
  expect(store.countSyncs()).toBe(before);
  await store.close();
});

test('what was closed is found again', { timeout: START_MS }, async () => {
  await copyFresh();
  const first = await openPglite(directory);
  await addOrganisation(first, 'kept');
  await first.close();
  const second = await openPglite(directory);
  expect(await second.db.selectFrom('organisation').select('id').execute()).toEqual([{ id: 'kept' }]);
  await second.close();
});

test('a first start that was killed halfway is begun anew', { timeout: START_MS }, async () => {
  await cp(fresh, directory, { recursive: true });
  await rm(join(directory, 'global'), { recursive: true });
  await writeFile(`${directory}.unfinished`, '');
  const store = await openTestPglite(directory);
  expect(await store.db.selectFrom('organisation').selectAll().execute()).toEqual([]);
  await store.close();
  expect(await readdir(folder)).not.toContain(`database-${number - 1}.unfinished`);
});

const damages: [string, (path: string) => Promise<void>][] = [
  ['an empty control file', (path) => truncate(join(path, 'global/pg_control'), 0)],
  ['a garbled control file', (path) => writeFile(join(path, 'global/pg_control'), Buffer.alloc(8192, 7))],
  ['no write-ahead log', (path) => rm(join(path, 'pg_wal'), { recursive: true })],
  ['no tables', (path) => rm(join(path, 'base'), { recursive: true })],
  ['another major version', (path) => writeFile(join(path, 'PG_VERSION'), '12\n')],
  ['no version', (path) => rm(join(path, 'PG_VERSION'))],
];
test.each(damages)(
  'a directory with %s is a sentence, and stays as it is',
  { timeout: START_MS },
  async (_, damage) => {
    await copyFresh();
    await damage(directory);
    const list = async () => (await readdir(directory)).filter((name) => name !== 'postmaster.pid').toSorted();
    const before = await list();
    await expect(openPglite(directory)).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
      message: expect.stringMatching(/^The data directory .*database-\d+ is damaged: .*(database).*\.$/),
    });
    expect(await list()).toEqual(before);
  },
);

test('a database of a newer Signalbox is refused by name, and not touched', { timeout: START_MS }, async () => {
  await copyFresh();
  const store = await openPglite(directory);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(store.db);
  await store.close();
  await expect(openPglite(directory)).rejects.toMatchObject({
    code: 'DATA_NEWER',
    message: `The database ${directory} belongs to a newer Signalbox (migration 9999-later), and this one cannot read it.`,
  });
});

test('queries after the close are refused', { timeout: START_MS }, async () => {
  const store = await openTestPglite();
  await store.close();
  await expect(store.db.selectFrom('served').selectAll().execute()).rejects.toThrow('destroyed');
});
