import type { Overview } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { Hono, type AppEnv } from '../http.ts';
import type { Organisation } from '../organisation.ts';

/** `GET /overview`: who answers. */
export const createOverviewRoutes = (
  { store }: ServerContext,
  { version, organisation }: { version: string; organisation: Organisation },
): Hono<AppEnv> => {
  const overview: Overview = { name: 'signalbox', version, organisation, database: store.engine };
  return new Hono<AppEnv>().get('/overview', (c) => c.json(overview));
};
