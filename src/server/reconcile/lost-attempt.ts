import type { JobId } from '../../protocol/ids.ts';
import { servedMs } from '../served.ts';
import { sql, type RawBuilder } from '../store/sql.ts';

/** An attempt that is taken to be lost. */
export interface LostAttempt {
  job: JobId;
  number: number;
  /** Only while its lease has been over for so long, in served time: it may be heard again meanwhile. Null: lost in any case. */
  overdueMs: number | null;
}

/** Of an attempt `t`, in the statement that takes it away. */
export const isOverdue = ({ overdueMs }: LostAttempt): RawBuilder<boolean> =>
  overdueMs === null ? sql`true` : sql`t.lease_until <= ${servedMs} - ${overdueMs}::bigint`;
