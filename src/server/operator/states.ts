import { StateQuery } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { ArchitectureId, toAttemptId } from '../../protocol/ids.ts';
import type { StateVersionView } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { readBytes, readParam, readQuery } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import type { Tables } from '../store/schema.ts';
import { acceptState } from '../state/accept-state.ts';
import { findArchitecture } from './architecture-view.ts';
import { writeAudit } from '../audit.ts';

const MAX_LISTED = 500;

const toView = (row: Tables['state_version']): StateVersionView => ({
  lineage: row.lineage,
  serial: row.serial,
  sha256: row.sha256,
  size: row.size,
  attempt: row.job_id !== null && row.number !== null ? toAttemptId(row.job_id, row.number) : null,
  createdAt: row.created_at,
});

/** `GET|PUT /architectures/:id/states`, `GET /architectures/:id/states/:serial|latest`. */
export const createStateRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store, blobs, limits } = context;
  const routes = new Hono<AppEnv>();

  const versionsOf = (organisation: string, architecture: string) =>
    store.db
      .selectFrom('state_version')
      .selectAll()
      .where('architecture_id', '=', architecture)
      .where('org_id', '=', organisation)
      .orderBy('serial', 'desc');

  routes.get('/architectures/:id/states', async (c) => {
    const id = readParam(c, 'id', ArchitectureId, 'architecture');
    const { organisation } = c.var.caller;
    await findArchitecture(store.db, organisation, id);
    return c.json((await versionsOf(organisation, id).limit(MAX_LISTED).execute()).map(toView));
  });

  routes.get('/architectures/:id/states/:serial', async (c) => {
    const id = readParam(c, 'id', ArchitectureId, 'architecture');
    const serial = c.req.param('serial');
    const { organisation } = c.var.caller;
    const isSerial = /^\d{1,15}$/.test(serial);
    const versions = versionsOf(organisation, id);
    const row = isSerial
      ? await versions.where('serial', '=', Number(serial)).executeTakeFirst()
      : serial === 'latest'
        ? await versions.limit(1).executeTakeFirst()
        : undefined;
    if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'state', id: `${id}/${serial}` });
    return c.body(Buffer.from(await blobs.read(organisation, row.sha256)), 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      etag: `"${row.sha256}"`,
    });
  });

  routes.put('/architectures/:id/states', async (c) => {
    const id = readParam(c, 'id', ArchitectureId, 'architecture');
    const { caller } = c.var;
    const head = readQuery(c, StateQuery);
    const bytes = await readBytes(c, limits.maxStateBytes, 'The state');
    await findArchitecture(store.db, caller.organisation, id);
    await acceptState(context, {
      organisation: caller.organisation,
      architecture: id,
      head,
      bytes,
      attempt: null,
      actor: caller.actor,
    });
    await writeAudit(context, store.db, caller, { action: 'state.push', subject: id, body: { ...head } });
    const row = await versionsOf(caller.organisation, id).where('serial', '=', head.serial).executeTakeFirstOrThrow();
    return c.json(toView(row));
  });

  return routes;
};
