import { ArchitectureId } from '../../protocol/ids.ts';
import { PutWorkflow, type WorkflowView } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { readBody, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { toJson } from '../store/json.ts';
import { findArchitecture } from './architecture-view.ts';
import { writeAudit } from '../audit.ts';
import { checkStages } from './check-stages.ts';

/** `GET|PUT /architectures/:id/workflows`: a workflow is known by its name, and replaced as a whole. */
export const createWorkflowRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store, clock, ids } = context;
  const routes = new Hono<AppEnv>();

  routes.get('/architectures/:id/workflows', async (c) => {
    const architecture = readParam(c, 'id', ArchitectureId, 'architecture');
    await findArchitecture(store.db, c.var.caller.organisation, architecture);
    const rows = await store.db
      .selectFrom('workflow')
      .select(['id', 'name', 'stages'])
      .where('architecture_id', '=', architecture)
      .orderBy('name')
      .execute();
    return c.json(rows.map((row): WorkflowView => ({ ...row, architecture })));
  });

  routes.put('/architectures/:id/workflows', async (c) => {
    const architecture = readParam(c, 'id', ArchitectureId, 'architecture');
    const { name, stages } = await readBody(c, PutWorkflow);
    checkStages(stages);
    const { caller } = c.var;
    await findArchitecture(store.db, caller.organisation, architecture);
    const id = await store.db.transaction().execute(async (tx) => {
      const row = await tx
        .insertInto('workflow')
        .values({
          id: ids.create('wfl'),
          org_id: caller.organisation,
          architecture_id: architecture,
          name,
          stages: toJson(stages),
          created_at: clock.now(),
        })
        .onConflict((conflict) =>
          conflict.columns(['architecture_id', 'name']).doUpdateSet((eb) => ({ stages: eb.ref('excluded.stages') })),
        )
        .returning('id')
        .executeTakeFirstOrThrow();
      const body = { name, tasks: stages.flat().map(({ key }) => key) };
      await writeAudit(context, tx, caller, { action: 'workflow.put', subject: row.id, body });
      return row.id;
    });
    return c.json({ id, architecture, name, stages } satisfies WorkflowView);
  });

  return routes;
};
