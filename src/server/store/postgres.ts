import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import type { Clock } from '../../io/clock.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { isConnectionLoss } from './is-connection-loss.ts';
import { migrate } from './migrate.ts';
import { pg } from './pg.ts';
import { createPostgresListener } from './postgres-listener.ts';
import type { Tables } from './schema.ts';
import type { Store } from './store.ts';

const MAX_CONNECTIONS = 16;
const CONNECT_TIMEOUT_MS = 5000;

const toUnreachable = (error: unknown): SignalboxError => {
  // Several addresses were tried: node gives an AggregateError with an empty message.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const problem = first instanceof Error ? first.message : String(first);
  return new SignalboxError('DATABASE_UNREACHABLE', { problem }, { cause: error });
};

const createPool = (url: string): PostgresPool & { end(): Promise<void> } => {
  const pool = pg.createPool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'signalbox',
  });
  // An idle connection that breaks is dropped by the pool; the next query opens another.
  pool.on('error', () => {});
  // One that breaks while it is lent fails the query under way, or the next one; without a listener it would end us.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw toUnreachable(error);
      });
      const query = async (text: string, values: readonly unknown[]) => {
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          throw isConnectionLoss(error) ? toUnreachable(error) : error;
        }
      };
      const release = (destroy?: boolean | Error) => client.release(destroy);
      return { query, release } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
    options: {},
  };
};

/** The address without its password. */
const toPlace = (url: string): string => url.replace(/\/\/([^@/:]*):[^@/]*@/, '//$1:***@');

/** A PostgreSQL server, for one or many control-plane processes. */
export const openPostgres = async (url: string, clock: Clock): Promise<Store> => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(url) }) });
  try {
    await migrate(db, toPlace(url));
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const listener = createPostgresListener(url, clock);
  return {
    engine: 'postgresql',
    db,
    listen: listener.listen,
    notify: async (tx, channel, payload) => void (await sql`select pg_notify(${channel}, ${payload})`.execute(tx)),
    close: async () => {
      await listener.close();
      await db.destroy();
    },
  };
};
