import type { Desired, StateQuery } from '../../protocol/attempt.ts';
import type { ServerContext } from '../context.ts';
import { acceptState } from '../state/accept-state.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';

/** A runner ships a state. A late one is refused because it does not hold the architecture, and its bytes are kept. */
export const putState = async (
  context: ServerContext,
  call: AttemptCall & { head: StateQuery; bytes: Uint8Array },
): Promise<Desired> => {
  const row = await findAttempt(context, call);
  await acceptState(context, {
    organisation: row.org_id,
    architecture: row.architecture_id,
    head: call.head,
    bytes: call.bytes,
    attempt: { job: row.job_id, number: row.number, fence: call.fence },
  });
  return row.desired;
};
