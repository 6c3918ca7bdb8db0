import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { type Clock, createClock } from '../../src/io/clock.ts';
import { createIds, type Ids } from '../../src/io/ids.ts';
import { createLogger } from '../../src/io/logger.ts';
import type { ServerContext } from '../../src/server/context.ts';
import { createBlobs } from '../../src/server/store/blobs.ts';
import { createBox } from '../../src/server/store/box.ts';
import { createPgliteTemplate } from '../../src/server/store/create-pglite-template.ts';
import { createLogs } from '../../src/server/store/logs.ts';
import { openStore } from '../../src/server/store/open-store.ts';
import { pg } from '../../src/server/store/pg.ts';
import { openPglite } from '../../src/server/store/pglite.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createWake } from '../../src/server/store/wake.ts';

/** Patience for the start of an engine, on a host that does much else. */
const START_MS = 60_000;
/** The libpq URL of a server on which databases may be created; without it the PostgreSQL half is skipped. */
const serverUrl = process.env.SIGNALBOX_TEST_PG;
const ids = createIds();

/** initdb takes seconds, so its result is kept between test runs. */
const findTemplate = async (): Promise<string> => {
  const root = join(import.meta.dirname, '../..');
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const directory = join(root, 'node_modules/.cache/signalbox');
  const path = join(directory, `pglite-${manifest.dependencies['@electric-sql/pglite']}.tar`);
  if (existsSync(path)) return path;
  await mkdir(directory, { recursive: true });
  const unfinished = `${path}.${ids.create('tmp')}`;
  await writeFile(unfinished, await createPgliteTemplate());
  await rename(unfinished, path);
  return path;
};

/** A store of PGlite for a test: null is in memory. Close it in the test's end. */
export const openTestPglite = async (directory: string | null = null) => openPglite(directory, await findTemplate());

/** Runs one statement on the server that the tests may use. */
const runOnServer = async (sql: string): Promise<void> => {
  const client = pg.createClient({ connectionString: serverUrl ?? '' });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

/** A fresh, empty database on that server. */
export const createDatabase = async (): Promise<{ url: string; drop(): Promise<void> }> => {
  const name = ids.create('signalbox_test');
  await runOnServer(`create database ${name}`);
  const url = new URL(serverUrl ?? '');
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOnServer(`drop database ${name} with (force)`) };
};

type Suite = (openFreshStore: () => Promise<Store>) => void;

/** Engines that no test uses at the moment: starting one takes longer than emptying one. */
const createEngines = () => {
  const all: Store[] = [];
  const idle: Store[] = [];
  const add = async () => {
    const engine = await openTestPglite();
    all.push(engine);
    return engine;
  };
  const take = async (): Promise<Store> => {
    const engine = idle.pop() ?? (await add());
    const stops: (() => Promise<void>)[] = [];
    let isOpen = true;
    return {
      ...engine,
      listen: async (channel, heard) => {
        const stop = await engine.listen(channel, heard);
        stops.push(stop);
        return stop;
      },
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        for (const stop of stops) await stop();
        await empty(engine);
        idle.push(engine);
      },
    };
  };
  const closeAll = async () => {
    for (const engine of all.splice(0)) await engine.close();
  };
  return { start: async () => void idle.push(await add()), take, closeAll };
};

/** As the migrations leave it. */
const empty = async ({ db }: Store): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'
    and tablename <> 'served' and tablename not like 'kysely%'`.execute(db);
  await sql`truncate ${sql.join(rows.map(({ name }) => sql.table(name)))} restart identity`.execute(db);
  await sql`update served set ms = 0, ticked_at = 0`.execute(db);
};

/**
 * Runs a suite on both engines. Every call of `openFreshStore` gives a store with nothing in it; after each test the
 * ones that it opened are closed, those on the server dropped too.
 */
export const describeOnStores = (title: string, suite: Suite): void => {
  const endings: (() => Promise<void>)[] = [];
  const endAll = async () => {
    for (const end of endings.splice(0)) await end();
  };

  describe(`${title} (PGlite)`, () => {
    const engines = createEngines();
    beforeAll(engines.start, START_MS);
    afterEach(endAll);
    afterAll(engines.closeAll, START_MS);
    suite(async () => {
      const store = await engines.take();
      endings.push(() => store.close());
      return store;
    });
  });

  describe.skipIf(serverUrl === undefined)(`${title} (PostgreSQL)`, () => {
    afterEach(endAll);
    suite(async () => {
      const { url, drop } = await createDatabase();
      const store = await openStore({ url });
      let closed: Promise<void> | null = null;
      const close = () => (closed ??= store.close());
      endings.push(async () => {
        await close();
        await drop();
      });
      return { ...store, close };
    });
  });
};

const TIMERS: ServerContext['timers'] = {
  offerMs: 2000,
  leaseMs: 3000,
  renewMs: 1000,
  pollHoldMs: 1000,
  tickMs: 100,
  lostMs: { read: 2000, idempotent: 3000, irreversible: 4000 },
};
const LIMITS: ServerContext['limits'] = { maxBlobBytes: 16e6, maxStateBytes: 4e6, maxLogChunkBytes: 1e6 };

interface ContextOptions {
  store: Store;
  /** Keys, blobs and logs go there. */
  directory: string;
  timers?: Partial<ServerContext['timers']>;
  limits?: Partial<ServerContext['limits']>;
  clock?: Clock;
  ids?: Ids;
}

/** A whole context of real parts. Closing the store closes what stands on it. */
export const createServerContext = async (options: ContextOptions): Promise<ServerContext> => {
  const { store, directory, clock = createClock() } = options;
  const box = await createBox(join(directory, 'keys/data.key'), randomBytes);
  const wake = await createWake(store, clock);
  const logs = createLogs(join(directory, 'logs'));
  const { close } = store;
  store.close = async () => {
    await wake.close();
    await logs.close();
    await close();
  };
  return {
    store,
    clock,
    ids: options.ids ?? ids,
    logger: createLogger({ level: 'error' }),
    box,
    blobs: createBlobs(join(directory, 'blobs'), box),
    logs,
    wake,
    limits: { ...LIMITS, ...options.limits },
    timers: { ...TIMERS, ...options.timers },
  };
};

/** Whether a PostgreSQL server was named. */
export const hasServer = serverUrl !== undefined;
