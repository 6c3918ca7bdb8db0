import { SignalboxError } from '../../protocol/errors.ts';
import type { RunnerView } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { servedMs } from '../served.ts';

type Standing = { revoked_at: number | null; last_seen_at: number | null; draining: boolean | null; isHeard: boolean };

const toStatus = ({ revoked_at, last_seen_at, draining, isHeard }: Standing): RunnerView['status'] => {
  if (revoked_at !== null) return 'revoked';
  if (last_seen_at === null) return 'never seen';
  if (draining === null || !isHeard) return 'offline';
  return draining ? 'draining' : 'online';
};

/** The runners of an organisation, oldest first, with the jobs that they hold. */
export const listRunners = async (
  { store, timers }: ServerContext,
  organisation: string,
  only?: string,
): Promise<RunnerView[]> => {
  let query = store.db
    .selectFrom('runner as r')
    .leftJoin('session as s', (join) => join.onRef('s.runner_id', '=', 'r.id').on('s.ended_at', 'is', null))
    .select([
      'r.id',
      'r.name',
      'r.version',
      'r.created_at',
      'r.last_seen_at',
      'r.revoked_at',
      'r.problem',
      's.draining',
    ])
    // A session is seen in served time: an outage of ours makes no runner look gone.
    .select(['s.last_seen_at as seen_served_ms', servedMs.as('served_ms')])
    .where('r.org_id', '=', organisation)
    .orderBy('r.created_at')
    .orderBy('r.id');
  if (only !== undefined) query = query.where('r.id', '=', only);
  const rows = await query.execute();
  const held = await store.db
    .selectFrom('attempt')
    .select(['runner_id', 'job_id'])
    .where('org_id', '=', organisation)
    .where('sealed_at', 'is', null)
    .orderBy('claimed_at')
    .execute();
  return rows.map(({ seen_served_ms, served_ms, ...row }) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    revokedAt: row.revoked_at,
    status: toStatus({ ...row, isHeard: (seen_served_ms ?? 0) > served_ms - 2 * timers.leaseMs }),
    problem: row.problem,
    jobs: held.filter(({ runner_id }) => runner_id === row.id).map(({ job_id }) => job_id),
  }));
};

/** Throws `NOT_FOUND`, for another organisation's id too. */
export const findRunner = async (context: ServerContext, organisation: string, id: string): Promise<RunnerView> => {
  const [view] = await listRunners(context, organisation, id);
  if (!view) throw new SignalboxError('NOT_FOUND', { thing: 'runner', id });
  return view;
};
