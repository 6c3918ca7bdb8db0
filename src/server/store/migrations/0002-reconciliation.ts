import { type Kysely, sql } from 'kysely';

/** What blocks an architecture, how it was settled, when an attempt was heard, and why a runner takes nothing new. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
};

const STATEMENTS = [
  `alter table architecture add column blocked_job text, add column reconciler text`,
  // Until now whoever blocked an architecture held its lock, too.
  `update architecture set blocked_job = lock_job_id where blocked is not null`,
  `create index architecture_reconciler on architecture (reconciler) where reconciler is not null`,
  `alter table job add column resolution jsonb`,
  `alter table attempt add column heard_at bigint`,
  `alter table runner add column problem jsonb`,
  `create index evidence_attempt on evidence (job_id, number)`,
];
