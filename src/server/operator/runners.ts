import { RunnerId } from '../../protocol/ids.ts';
import { CreateArchitecture, type RunnerView } from '../../protocol/rest.ts';
import { hashToken } from '../hash-token.ts';
import type { ServerContext } from '../context.ts';
import { readBody, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { writeAudit } from '../audit.ts';
import { revokeRunner } from './revoke-runner.ts';
import { findRunner, listRunners } from './runner-view.ts';

/** `{name?}`: until the runner says its own. */
const CreateRunner = CreateArchitecture.pick({ name: true }).partial();

/** `GET|POST /runners`, `GET|DELETE /runners/:id`. A token is shown once, in the answer that makes it. */
export const createRunnerAdminRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store, clock, ids } = context;
  const routes = new Hono<AppEnv>();

  routes.get('/runners', async (c) => c.json(await listRunners(context, c.var.caller.organisation)));

  routes.get('/runners/:id', async (c) => {
    const id = readParam(c, 'id', RunnerId, 'runner');
    return c.json(await findRunner(context, c.var.caller.organisation, id));
  });

  routes.post('/runners', async (c) => {
    const { name = null } = await readBody(c, CreateRunner);
    const { caller } = c.var;
    const id = ids.create('rnr');
    const token = ids.createToken('runner');
    await store.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('runner')
        .values({
          id,
          org_id: caller.organisation,
          token_hash: hashToken(token),
          name,
          created_at: clock.now(),
        })
        .execute();
      await writeAudit(context, tx, caller, { action: 'runner.create', subject: id, body: { name } });
    });
    const runner = await findRunner(context, caller.organisation, id);
    return c.json({ runner, token } satisfies { runner: RunnerView; token: string }, 201);
  });

  routes.delete('/runners/:id', async (c) => {
    const id = readParam(c, 'id', RunnerId, 'runner');
    await revokeRunner(context, c.var.caller, id);
    return c.json(await findRunner(context, c.var.caller.organisation, id));
  });

  return routes;
};
