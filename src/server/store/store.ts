import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/**
 * One store, two engines: PGlite in a worker (default), or a PostgreSQL server. Same SQL, same JavaScript types
 * (bigint → number, bytea → Uint8Array, jsonb → value). Never await anything but SQL inside a transaction.
 */
export interface Store {
  readonly engine: 'pglite' | 'postgresql';
  readonly db: Database;
  /** Calls back for each NOTIFY on the channel, also from other replicas. Returns the way to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** `pg_notify` inside `tx` (sent when it commits). */
  notify(tx: Database | Tx, channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}
