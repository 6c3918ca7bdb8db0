import type { Readable } from 'node:stream';
import type { ArtifactKind, Desired } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Sha256 } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';
import { requireFence } from './require-fence.ts';

export interface ArtifactWrite extends AttemptCall {
  sha256: Sha256;
  name: string;
  kind: ArtifactKind;
  body: Readable | Uint8Array;
}

/** Stores a file under its digest and its name in the attempt; a repetition changes nothing. */
export const putArtifact = async (context: ServerContext, call: ArtifactWrite): Promise<Desired> => {
  const { sha256, name, kind } = call;
  const row = await findAttempt(context, call);
  await requireFence(context, row, call, { kind: 'artifact', body: { sha256, name, kind } });
  const { size } = await context.blobs.put(row.org_id, sha256, call.body, context.limits.maxBlobBytes);
  const now = context.clock.now();
  const { rows } = await sql`
    with stored as (
      insert into blob (org_id, sha256, size, created_at) values (${row.org_id}, ${sha256}, ${size}::bigint, ${now}::bigint)
      on conflict do nothing
    )
    insert into artifact (org_id, pipeline_id, job_id, number, name, kind, sha256, size, created_at)
    select t.org_id, ${row.pipeline_id}, t.job_id, t.number, ${name.replaceAll('\0', '')}, ${kind}, ${sha256}, ${size}::bigint, ${now}::bigint
    from attempt t where t.job_id = ${row.job_id} and t.number = ${row.number}::int and t.sealed_at is null
    on conflict (job_id, number, name) do update set kind = excluded.kind, sha256 = excluded.sha256, size = excluded.size
    returning 1`.execute(context.store.db);
  if (rows.length === 0) await requireFence(context, await findAttempt(context, call), call);
  return row.desired;
};

/** What a job may fetch: the source and the plans and artifacts of its own pipeline. Any other digest is not found. */
export const getArtifact = async (
  context: ServerContext,
  call: Pick<AttemptCall, 'attempt' | 'token'> & { sha256: Sha256 },
): Promise<{ bytes: Uint8Array; desired: Desired }> => {
  const row = await findAttempt(context, call);
  await requireFence(context, row, { ...call, fence: row.fence });
  const { rows } = await sql`
    select 1 where ${row.source.sha256 === call.sha256} or exists (
      select 1 from job j join artifact f on f.job_id = j.id where j.pipeline_id = ${row.pipeline_id} and f.sha256 = ${call.sha256})
  `.execute(context.store.db);
  if (rows.length === 0) throw new SignalboxError('NOT_FOUND', { thing: 'artifact', id: call.sha256 });
  return { bytes: await context.blobs.read(row.org_id, call.sha256), desired: row.desired };
};
