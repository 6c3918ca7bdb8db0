import { createBrowserLink } from '../auth-browser.ts';
import type { ServerContext } from '../context.ts';
import { Hono, type AppEnv } from '../http.ts';
import { writeAudit } from '../audit.ts';

/** `POST /browser-links`: a one-time path that signs a browser in. */
export const createBrowserLinkRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.post('/browser-links', async (c) => {
    const { caller } = c.var;
    const token = await createBrowserLink(context, caller.organisation);
    await writeAudit(context, context.store.db, caller, {
      action: 'browser-link.create',
      subject: caller.organisation,
    });
    return c.json({ path: `/link/${token}` }, 201);
  });
  return routes;
};
