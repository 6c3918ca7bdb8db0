import { JobId, PipelineId } from '../../protocol/ids.ts';
import { ResolvePipeline } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { readBody, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { toPipelineView } from '../pipelines/pipeline-view.ts';
import { toEvidence } from '../reconcile/evidence-view.ts';
import { resolvePipeline } from '../reconcile/resolve-pipeline.ts';

/** `GET /jobs/:id/evidence`, `POST /pipelines/:id/resolve`: the answer is the pipeline as it stands then. */
export const createEvidenceRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();

  routes.get('/jobs/:id/evidence', async (c) => {
    const job = readParam(c, 'id', JobId, 'job');
    return c.json((await toEvidence(context, c.var.caller.organisation, job)).view);
  });

  routes.post('/pipelines/:id/resolve', async (c) => {
    const pipeline = readParam(c, 'id', PipelineId, 'pipeline');
    const { caller } = c.var;
    await resolvePipeline(context, caller, { pipeline, ...(await readBody(c, ResolvePipeline)) });
    return c.json(await toPipelineView(context, caller.organisation, pipeline));
  });

  return routes;
};
