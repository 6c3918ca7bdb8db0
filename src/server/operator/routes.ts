import type { ServerContext } from '../context.ts';
import { Hono, type AppEnv, type Middleware } from '../http.ts';
import type { Organisation } from '../organisation.ts';
import { createArchitectureRoutes } from './architectures.ts';
import { createArtifactRoutes } from './artifacts.ts';
import { createBlobRoutes } from './blobs.ts';
import { createBrowserLinkRoutes } from './browser-links.ts';
import { createEvidenceRoutes } from './evidence.ts';
import { createJobLogRoutes } from './job-log.ts';
import { createJobRoutes } from './jobs.ts';
import { createOverviewRoutes } from './overview.ts';
import { createPipelineRoutes } from './pipelines.ts';
import { createRunnerAdminRoutes } from './runners.ts';
import { createStateRoutes } from './states.ts';
import { createWorkflowRoutes } from './workflows.ts';

const keepOutOfCaches: Middleware = async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
};

/** Everything under `/api`: what protocol/rest.ts describes. Whoever mounts it has authenticated the caller. */
export const createOperatorRoutes = (
  context: ServerContext,
  about: { version: string; organisation: Organisation },
): Hono<AppEnv> =>
  new Hono<AppEnv>()
    .use('*', keepOutOfCaches)
    .route('/', createOverviewRoutes(context, about))
    .route('/', createArchitectureRoutes(context))
    .route('/', createWorkflowRoutes(context))
    .route('/', createStateRoutes(context))
    .route('/', createBlobRoutes(context))
    .route('/', createPipelineRoutes(context))
    .route('/', createJobRoutes(context))
    .route('/', createEvidenceRoutes(context))
    .route('/', createJobLogRoutes(context))
    .route('/', createArtifactRoutes(context))
    .route('/', createRunnerAdminRoutes(context))
    .route('/', createBrowserLinkRoutes(context));
