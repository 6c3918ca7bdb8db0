import { JobId } from '../../protocol/ids.ts';
import { Approval } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { readBody, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { toPipelineView } from '../pipelines/pipeline-view.ts';
import { decideJob } from './decide-job.ts';

/** `POST /jobs/:id/approve`, `POST /jobs/:id/reject`: the answer is the pipeline as it stands then. */
export const createJobRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  for (const verb of ['approve', 'reject'] as const) {
    routes.post(`/jobs/:id/${verb}`, async (c) => {
      const job = readParam(c, 'id', JobId, 'job');
      const { comment } = await readBody(c, Approval);
      const { caller } = c.var;
      const pipeline = await decideJob(context, caller, { job, verb, comment });
      return c.json(await toPipelineView(context, caller.organisation, pipeline));
    });
  }
  return routes;
};
