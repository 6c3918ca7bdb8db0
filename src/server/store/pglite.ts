import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Kysely, PGliteAdapter, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import { SignalboxError } from '../../protocol/errors.ts';
import { createChannels } from './channels.ts';
import { isConnectionLoss } from './is-connection-loss.ts';
import { migrate } from './migrate.ts';
import { type Client, pg } from './pg.ts';
import { PgliteStream } from './pglite-stream.ts';
import { startPgliteWorker } from './start-pglite-worker.ts';
import type { Tables } from './schema.ts';
import { createStatementNames } from './statement-names.ts';
import type { Store } from './store.ts';
import { syncDirectory } from './sync-directory.ts';

export interface PgliteStore extends Store {
  /** How many files and directories were synced to disk so far. */
  countSyncs(): number;
}

/** There is one connection; kysely queues for it. */
class PgliteDialect extends PostgresDialect {
  override createAdapter(): PGliteAdapter {
    return new PGliteAdapter();
  }
}

const findTemplate = (): string | null => {
  const path = fileURLToPath(new URL('./pglite-template.tar.gz', import.meta.url));
  return existsSync(path) ? path : null;
};

/**
 * A first start may be killed halfway. While `<directory>.unfinished` exists, nothing in the directory was ever
 * acknowledged, and it is made anew.
 */
const prepareDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const marker = `${directory}.unfinished`;
  if (existsSync(marker)) await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  if (names.includes('PG_VERSION')) return async () => {};
  if (names.length > 0)
    throw new SignalboxError('DATA_DAMAGED', { path: directory, problem: 'it holds files, but no whole database' });
  await writeFile(marker, '');
  await syncDirectory(dirname(directory));
  return async () => {
    await rm(marker, { force: true });
    await syncDirectory(dirname(directory));
  };
};

const connect = async (worker: Worker): Promise<Client> => {
  const client = pg.createClient({ stream: () => new PgliteStream(worker), user: 'postgres', database: 'postgres' });
  // A query that is under way is told by its own promise, later ones are refused.
  client.on('error', () => {});
  await client.connect();
  return client;
};

const DISK_FULL = '53100';

const toFailure = (error: unknown, path: string): unknown => {
  if (error instanceof Error && 'code' in error && error.code === DISK_FULL)
    return new SignalboxError('DISK_FULL', { path }, { cause: error });
  if (!isConnectionLoss(error)) return error;
  const problem =
    'the embedded database has ended (is its disk full?), and is there again after a restart of Signalbox';
  return new SignalboxError('DATABASE_UNREACHABLE', { problem }, { cause: error });
};

/** The one connection in the shape of a pool. */
const createPool = (client: Client, path: string): PostgresPool & { end(): Promise<void> } => {
  const toName = createStatementNames();
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query({ text, values: [...values], ...toName(text) });
    } catch (error) {
      throw toFailure(error, path);
    }
  };
  const lease = { query, release: () => {} } as unknown as PostgresPoolClient;
  return { connect: async () => lease, end: () => client.end(), options: {} };
};

/** PGlite in a worker thread, behind the same client as a PostgreSQL server. Take the directory's lock first. */
export const openPglite = async (directory: string | null, template = findTemplate()): Promise<PgliteStore> => {
  const finish = directory === null ? async () => {} : await prepareDirectory(directory);
  const syncs = new SharedArrayBuffer(4);
  const worker = await startPgliteWorker({ directory, template, syncs });
  const client = await connect(worker);
  const channels = createChannels();
  client.on('notification', ({ channel, payload }) => channels.tell(channel, payload ?? ''));
  const pool = createPool(client, directory ?? 'memory');
  const db = new Kysely<Tables>({ dialect: new PgliteDialect({ pool }) });
  try {
    await migrate(db, directory ?? 'memory');
    await finish();
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    engine: 'pglite',
    db,
    listen: async (channel, heard) => {
      const { isFirst, remove } = channels.add(channel, heard);
      if (isFirst) await sql`listen ${sql.id(channel)}`.execute(db);
      return async () => {
        if (remove()) await sql`unlisten ${sql.id(channel)}`.execute(db);
      };
    },
    notify: async (tx, channel, payload) => void (await sql`select pg_notify(${channel}, ${payload})`.execute(tx)),
    close: () => db.destroy(),
    countSyncs: () => Atomics.load(new Int32Array(syncs), 0),
  };
};
