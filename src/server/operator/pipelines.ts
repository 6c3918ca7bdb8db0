import { ArchitectureId, PipelineId } from '../../protocol/ids.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { CreatePipeline, StopPipeline } from '../../protocol/rest.ts';
import { topics, type ServerContext } from '../context.ts';
import { holdUntil } from '../http-hold.ts';
import { readBody, readCount, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { createPipeline } from '../pipelines/create-pipeline.ts';
import { listPipelines, toPipelineView } from '../pipelines/pipeline-view.ts';
import { stopPipeline } from '../pipelines/stop-pipeline.ts';

const MAX_WAIT_MS = 25_000;

/** `GET|POST /pipelines`, `GET /pipelines/:id` (held until it has changed), `POST /pipelines/:id/stop`. */
export const createPipelineRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store } = context;
  const routes = new Hono<AppEnv>();

  const findVersion = async (organisation: string, id: string): Promise<number> => {
    const row = await store.db
      .selectFrom('pipeline')
      .select('version')
      .where('id', '=', id)
      .where('org_id', '=', organisation)
      .executeTakeFirst();
    if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id });
    return row.version;
  };

  routes.get('/pipelines', async (c) => {
    const limit = readCount(c, 'limit', { otherwise: 50, max: 200 });
    const { organisation } = c.var.caller;
    const architecture = c.req.query('architecture');
    if (architecture !== undefined && !ArchitectureId.safeParse(architecture).success) return c.json({ pipelines: [] });
    return c.json(await listPipelines(context, organisation, { limit, architecture: architecture ?? null }));
  });

  routes.post('/pipelines', async (c) => {
    const input = await readBody(c, CreatePipeline);
    const { organisation, actor } = c.var.caller;
    const id = await createPipeline(context, organisation, input, actor);
    return c.json(await toPipelineView(context, organisation, id), 201);
  });

  routes.get('/pipelines/:id', async (c) => {
    const id = readParam(c, 'id', PipelineId, 'pipeline');
    const { organisation } = c.var.caller;
    const after = readCount(c, 'after', { otherwise: -1, max: Number.MAX_SAFE_INTEGER });
    const waitMs = readCount(c, 'waitMs', { otherwise: 0, max: MAX_WAIT_MS });
    await holdUntil(context, { topic: topics.pipeline(id), waitMs, signal: c.req.raw.signal }, async () => {
      const value = await findVersion(organisation, id);
      return { value, isNew: value > after };
    });
    return c.json(await toPipelineView(context, organisation, id));
  });

  routes.post('/pipelines/:id/stop', async (c) => {
    const id = readParam(c, 'id', PipelineId, 'pipeline');
    const { reason, force } = await readBody(c, StopPipeline);
    const { organisation, actor } = c.var.caller;
    await stopPipeline(context, { organisation, pipeline: id, reason, force, actor });
    return c.json(await toPipelineView(context, organisation, id));
  });

  return routes;
};
