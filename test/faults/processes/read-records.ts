import type { Database } from '../../../src/server/store/store.ts';
import type { Tables } from '../../../src/server/store/schema.ts';

export type JobRecord = Pick<
  Tables['job'],
  'id' | 'pipeline_id' | 'architecture_id' | 'key' | 'queue' | 'attempt' | 'conclusion' | 'mutating' | 'desired'
>;
export type AttemptRecord = Pick<
  Tables['attempt'],
  | 'job_id'
  | 'number'
  | 'architecture_id'
  | 'fence'
  | 'claimed_at'
  | 'sealed_at'
  | 'permitted_at'
  | 'log_bytes'
  | 'result'
>;
export type StateRecord = Pick<
  Tables['state_version'],
  'architecture_id' | 'lineage' | 'serial' | 'sha256' | 'job_id' | 'number' | 'created_at'
>;
export type ArchitectureRecord = Pick<Tables['architecture'], 'id' | 'lock_job_id' | 'blocked'>;

/** What the control plane's database holds about some pipelines, past every view. */
export interface Records {
  jobs: JobRecord[];
  attempts: AttemptRecord[];
  states: StateRecord[];
  architectures: ArchitectureRecord[];
}

export const readRecords = async (db: Database, pipelines: readonly string[]): Promise<Records> => {
  if (pipelines.length === 0) return { jobs: [], attempts: [], states: [], architectures: [] };
  const jobs = await db
    .selectFrom('job')
    .select(['id', 'pipeline_id', 'architecture_id', 'key', 'queue', 'attempt', 'conclusion', 'mutating', 'desired'])
    .where('pipeline_id', 'in', pipelines)
    .execute();
  const architectures = [...new Set(jobs.map(({ architecture_id }) => architecture_id))];
  return {
    jobs,
    attempts: await db
      .selectFrom('attempt')
      .select([
        'job_id',
        'number',
        'architecture_id',
        'fence',
        'claimed_at',
        'sealed_at',
        'permitted_at',
        'log_bytes',
        'result',
      ])
      .where('architecture_id', 'in', architectures)
      .execute(),
    states: await db
      .selectFrom('state_version')
      .select(['architecture_id', 'lineage', 'serial', 'sha256', 'job_id', 'number', 'created_at'])
      .where('architecture_id', 'in', architectures)
      .orderBy('architecture_id')
      .orderBy('serial')
      .execute(),
    architectures: await db
      .selectFrom('architecture')
      .select(['id', 'lock_job_id', 'blocked'])
      .where('id', 'in', architectures)
      .execute(),
  };
};
