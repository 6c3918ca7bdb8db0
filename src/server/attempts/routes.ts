import { Events, Permit, Renew, Result } from '../../protocol/attempt.ts';
import type { ServerContext } from '../context.ts';
import { Hono, type AppEnv } from '../http.ts';
import { readMessage } from '../read-call.ts';
import { appendEvents } from './append-events.ts';
import { permit } from './permit.ts';
import { putResult } from './put-result.ts';
import { readAttempt } from './read-attempt-call.ts';
import { renew } from './renew.ts';

/** What a runner says about an attempt in JSON; under `/v1/attempts/:attempt`, by job token. */
export const createAttemptRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.post('/permit', async (c) => {
    const call = readAttempt(c);
    return c.json(await permit(context, { ...call, ...(await readMessage(c, Permit.Request)) }));
  });
  routes.post('/renew', async (c) => {
    const call = readAttempt(c);
    return c.json(await renew(context, { ...call, ...(await readMessage(c, Renew.Request)) }));
  });
  routes.post('/events', async (c) => {
    const call = readAttempt(c);
    return c.json(await appendEvents(context, { ...call, ...(await readMessage(c, Events.Request)) }));
  });
  routes.put('/result', async (c) => {
    const call = readAttempt(c);
    const reply = await putResult(context, { ...call, result: await readMessage(c, Result) });
    return c.json(reply, reply.status === 'sealed' ? 200 : 202);
  });
  return routes;
};
