import { SignalboxError } from '../../protocol/errors.ts';
import { ArchitectureId } from '../../protocol/ids.ts';
import { CreateArchitecture, Name } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { readBody, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { findArchitecture, listArchitectures } from './architecture-view.ts';
import { writeAudit } from '../audit.ts';

/** `GET|POST /architectures`, `GET /architectures/:id`. */
export const createArchitectureRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store, clock, ids } = context;
  const routes = new Hono<AppEnv>();

  routes.get('/architectures', async (c) => {
    const name = c.req.query('name');
    if (name !== undefined && !Name.safeParse(name).success) return c.json([]);
    return c.json(await listArchitectures(store.db, c.var.caller.organisation, name === undefined ? {} : { name }));
  });

  routes.get('/architectures/:id', async (c) => {
    const id = readParam(c, 'id', ArchitectureId, 'architecture');
    return c.json(await findArchitecture(store.db, c.var.caller.organisation, id));
  });

  routes.post('/architectures', async (c) => {
    const { name, kind, toolVersion } = await readBody(c, CreateArchitecture);
    const { caller } = c.var;
    const id = ids.create('arc');
    await store.db.transaction().execute(async (tx) => {
      const made = await tx
        .insertInto('architecture')
        .values({
          id,
          org_id: caller.organisation,
          name,
          kind,
          tool_version: toolVersion,
          fence: 0,
          last_number: 0,
          created_at: clock.now(),
        })
        .onConflict((conflict) => conflict.columns(['org_id', 'name']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!made) throw new SignalboxError('ARCHITECTURE_EXISTS', { name, path: 'the code' });
      await writeAudit(context, tx, caller, { action: 'architecture.create', subject: id, body: { name, kind } });
    });
    return c.json(await findArchitecture(store.db, caller.organisation, id), 201);
  });

  return routes;
};
