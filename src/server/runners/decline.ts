import { fromAttemptId, type AttemptId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { findSession, type SessionCall } from './find-session.ts';
import { giveBack } from './give-back.ts';

/** The offer goes back to the queue at once; to this session it is not made again before an offer's time has passed. */
export const decline = async (
  context: ServerContext,
  call: SessionCall & { attempt: AttemptId; reason: string },
): Promise<{ withdrawn: boolean }> => {
  const session = await findSession(context, call);
  const { job, number } = fromAttemptId(call.attempt);
  const back = await giveBack(context.store.db, {
    session: session.id,
    job: { id: job, attempt: number },
    notBeforeServed: { afterMs: context.timers.offerMs },
  });
  if (back.length > 0)
    context.logger.info({ attempt: call.attempt, runner: session.runner, reason: call.reason }, 'declined');
  return { withdrawn: back.length > 0 };
};
