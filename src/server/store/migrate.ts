import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { SignalboxError } from '../../protocol/errors.ts';
import * as first from './migrations/0001-first.ts';
import * as reconciliation from './migrations/0002-reconciliation.ts';
import type { Database } from './store.ts';

/** In order, and never changed once released. A static list, because the bundle has no folder to look into. */
const MIGRATIONS: Record<string, Migration> = { '0001-first': first, '0002-reconciliation': reconciliation };

const readApplied = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ table: string | null }>`select to_regclass('kysely_migration')::text as table`.execute(
    db,
  );
  if (rows[0]?.table === null) return [];
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return applied.rows.map(({ name }) => name);
};

/** Brings the tables up to date. `place` names the database in the error for one that a newer Signalbox has changed. */
export const migrate = async (db: Database, place: string): Promise<void> => {
  const applied = await readApplied(db);
  const foreign = applied.find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (foreign !== undefined) throw new SignalboxError('DATA_NEWER', { place, migration: foreign });
  if (applied.length === Object.keys(MIGRATIONS).length) return;
  const provider = { getMigrations: async () => MIGRATIONS };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
};
