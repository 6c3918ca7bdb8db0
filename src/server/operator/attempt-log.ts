import { SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';

export interface AttemptLog {
  /** Null: nothing has been claimed yet, so there is no log. */
  number: number | null;
  bytes: number;
  /** True when no more will come. */
  isOver: boolean;
}

/** How much there is of a job's log: of attempt `number`, or of the newest one. Throws `NOT_FOUND`. */
export const findAttemptLog = async (
  { store }: Pick<ServerContext, 'store'>,
  organisation: string,
  job: string,
  number: number | null,
): Promise<AttemptLog> => {
  const rows = await store.db
    .selectFrom('job as j')
    .leftJoin('attempt as a', 'a.job_id', 'j.id')
    .select(['j.queue', 'a.number', 'a.log_bytes', 'a.sealed_at'])
    .where('j.id', '=', job)
    .where('j.org_id', '=', organisation)
    .orderBy('a.number', 'desc')
    .execute();
  const [newest] = rows;
  if (!newest) throw new SignalboxError('NOT_FOUND', { thing: 'job', id: job });
  const row = number === null ? newest : rows.find((candidate) => candidate.number === number);
  if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'attempt', id: `${job}.${number}` });
  const isOver = row.queue === 'over' || row.sealed_at !== null || row !== newest;
  return { number: row.number, bytes: row.log_bytes ?? 0, isOver };
};
