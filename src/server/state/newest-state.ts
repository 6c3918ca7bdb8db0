import type { StateHead } from '../../protocol/job.ts';
import type { Database, Tx } from '../store/store.ts';

/** The head of an architecture's newest stored state; null: it has none. */
export const findNewestState = async (db: Database | Tx, architecture: string): Promise<StateHead | null> =>
  (await db
    .selectFrom('state_version')
    .select(['lineage', 'serial', 'sha256'])
    .where('architecture_id', '=', architecture)
    .orderBy('serial', 'desc')
    .limit(1)
    .executeTakeFirst()) ?? null;
