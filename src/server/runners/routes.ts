import { createAttemptRoutes } from '../attempts/routes.ts';
import { createTransferRoutes } from '../attempts/transfer-routes.ts';
import { Claim, Decline, Drain, Poll, Session } from '../../protocol/runner.ts';
import type { ServerContext } from '../context.ts';
import { Hono, type AppEnv } from '../http.ts';
import { claim } from './claim.ts';
import { decline } from './decline.ts';
import { drain } from './drain.ts';
import { openSession } from './open-session.ts';
import { poll } from './poll.ts';
import { readMessage, readToken } from '../read-call.ts';

/** The runner protocol (docs/protocol.md): sessions by runner token, their calls by session token, attempts by job token. */
export const createRunnerRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.use('/v1/*', async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });

  routes.post('/v1/sessions', async (c) => {
    const token = readToken(c);
    return c.json(await openSession(context, { ...(await readMessage(c, Session.Request)), token }), 201);
  });
  routes.post('/v1/poll', async (c) => {
    const token = readToken(c);
    return c.json(await poll(context, { ...(await readMessage(c, Poll.Request)), token }, c.req.raw.signal));
  });
  routes.post('/v1/claim', async (c) => {
    const token = readToken(c);
    return c.json(await claim(context, { ...(await readMessage(c, Claim.Request)), token }));
  });
  routes.post('/v1/decline', async (c) => {
    const token = readToken(c);
    return c.json(await decline(context, { ...(await readMessage(c, Decline.Request)), token }));
  });
  routes.post('/v1/drain', async (c) => {
    const token = readToken(c);
    return c.json(await drain(context, { ...(await readMessage(c, Drain.Request)), token }));
  });

  routes.route('/v1/attempts/:attempt', createAttemptRoutes(context));
  routes.route('/v1/attempts/:attempt', createTransferRoutes(context));
  return routes;
};
