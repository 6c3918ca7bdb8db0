import type { Desired } from '../../protocol/attempt.ts';
import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';
import { requireFence } from './require-fence.ts';

/** The newest state of the job's architecture; `bytes` null: there is none yet. */
export const getState = async (
  context: ServerContext,
  call: Pick<AttemptCall, 'attempt' | 'token'>,
): Promise<{ bytes: Uint8Array | null; desired: Desired }> => {
  const row = await findAttempt(context, call);
  await requireFence(context, row, { ...call, fence: row.fence });
  const { rows } = await sql<{ sha256: string }>`
    select sha256 from state_version where architecture_id = ${row.architecture_id} order by serial desc limit 1`.execute(
    context.store.db,
  );
  const [newest] = rows;
  return { bytes: newest ? await context.blobs.read(row.org_id, newest.sha256) : null, desired: row.desired };
};
