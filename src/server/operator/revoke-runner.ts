import { SignalboxError } from '../../protocol/errors.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import type { Caller } from '../http.ts';
import { giveBack } from '../runners/give-back.ts';
import { writeAudit } from '../audit.ts';

/**
 * Revokes at once: the token opens no session any more, the live session is over, its offers go back to the queue, and a poll
 * that is held is woken to learn it. Jobs that it has claimed keep their own tokens, so that their state can still be shipped.
 */
export const revokeRunner = async (context: ServerContext, caller: Caller, runner: string): Promise<void> => {
  const now = context.clock.now();
  await context.store.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('runner')
      .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(now)) }))
      .where('id', '=', runner)
      .where('org_id', '=', caller.organisation)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'runner', id: runner });
    const ended = await tx
      .updateTable('session')
      .set({ ended_at: now })
      .where('runner_id', '=', runner)
      .where('ended_at', 'is', null)
      .returning('id')
      .execute();
    for (const { id } of ended) {
      await giveBack(tx, { session: id });
      await tx.deleteFrom('command').where('session_id', '=', id).execute();
    }
    await writeAudit(context, tx, caller, { action: 'runner.revoke', subject: runner });
    await context.store.notify(tx, CHANNEL, topics.runners(caller.organisation));
  });
};
