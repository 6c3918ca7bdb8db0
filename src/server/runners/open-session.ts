import { SignalboxError } from '../../protocol/errors.ts';
import { PROTOCOL_VERSION, type SessionReply, type SessionRequest } from '../../protocol/runner.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import type { Tx } from '../store/store.ts';
import { adoptAttempts } from './adopt-attempts.ts';
import { findRunner, type KnownRunner } from './find-runner.ts';
import { giveBack } from './give-back.ts';
import { hashToken } from '../hash-token.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import { toUtc } from '../to-utc.ts';

/** A session of another instance counts as live for two lease times of served time after it was last seen. */
const endOlder = async (
  tx: Tx,
  context: ServerContext,
  runner: KnownRunner,
  request: SessionRequest,
): Promise<void> => {
  const { rows } = await sql<{
    id: string;
    instance_id: string;
    created_at: number;
    name: string | null;
    live: boolean;
  }>`
    select s.id, s.instance_id, s.created_at, r.name, s.last_seen_at > ${servedMs} - ${2 * context.timers.leaseMs}::bigint as live
    from runner r join session s on s.runner_id = r.id and s.ended_at is null
    where r.id = ${runner.id} for update of s`.execute(tx);
  const [older] = rows;
  if (!older) return;
  if (older.instance_id !== request.instanceId && older.live) {
    throw new SignalboxError('RUNNER_TOKEN_IN_USE', {
      holder: older.name ?? runner.id,
      since: toUtc(older.created_at),
    });
  }
  await giveBack(tx, { session: older.id });
  await sql`
    with gone as (delete from command where session_id = ${older.id})
    update session set ended_at = ${context.clock.now()}::bigint where id = ${older.id}`.execute(tx);
  // Its poll, if one is still held, ends now.
  await sql`select pg_notify(${CHANNEL}, ${topics.runners(runner.organisation)})`.execute(tx);
};

/**
 * A runner process begins: the same instance supersedes its own older session at once (that is a restart), another live
 * one is refused. The answer says what becomes of the attempts that it runs, and of those it does not know it has.
 */
export const openSession = async (
  context: ServerContext,
  request: SessionRequest & { token: string },
): Promise<SessionReply> => {
  const runner = await findRunner(context, request.token);
  if (Math.abs(request.protocol - PROTOCOL_VERSION) > 1) {
    throw new SignalboxError('PROTOCOL_VERSION', { runner: request.protocol, server: PROTOCOL_VERSION });
  }
  const { clock, ids, timers } = context;
  const session = ids.create('ses');
  const token = ids.createToken('session');
  const now = clock.now();
  const attempts = await context.store.db.transaction().execute(async (tx) => {
    // One session at a time is opened for a runner.
    await sql`select id from runner where id = ${runner.id} for update`.execute(tx);
    await endOlder(tx, context, runner, request);
    await sql`
      update runner set name = ${request.name.replaceAll('\0', '')}, version = ${request.version.replaceAll('\0', '')},
        last_seen_at = ${now}::bigint, problem = null where id = ${runner.id}`.execute(tx);
    await sql`
      insert into session (id, org_id, runner_id, instance_id, boot_id, token_hash, slots, created_at, last_seen_at)
      values (${session}, ${runner.organisation}, ${runner.id}, ${request.instanceId.replaceAll('\0', '')},
        ${request.bootId.replaceAll('\0', '')}, ${hashToken(token)}, ${request.slots}::int, ${now}::bigint, ${servedMs})`.execute(
      tx,
    );
    return adoptAttempts(tx, context, {
      runner,
      session,
      instance: request.instanceId.replaceAll('\0', ''),
      running: request.running,
    });
  });
  const { leaseMs, renewMs, pollHoldMs } = timers;
  return { protocol: PROTOCOL_VERSION, session, runner: runner.id, token, leaseMs, renewMs, pollHoldMs, ...attempts };
};
