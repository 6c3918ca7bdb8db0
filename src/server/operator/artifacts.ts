import { SignalboxError } from '../../protocol/errors.ts';
import { JobId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';

/** `GET /jobs/:id/artifacts/:name`: the newest attempt's file of that name; always as a download, never shown as a page. */
export const createArtifactRoutes = ({ store, blobs }: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.get('/jobs/:id/artifacts/:name{.+}', async (c) => {
    const job = readParam(c, 'id', JobId, 'job');
    const name = c.req.param('name').replaceAll('\0', '');
    const { organisation } = c.var.caller;
    const row = await store.db
      .selectFrom('artifact')
      .select(['sha256', 'size'])
      .where('job_id', '=', job)
      .where('org_id', '=', organisation)
      .where('name', '=', name)
      .orderBy('number', 'desc')
      .executeTakeFirst();
    if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'artifact', id: `${job}/${name}` });
    const fileName = encodeURIComponent(name.split('/').at(-1) ?? name);
    return c.body(Buffer.from(await blobs.read(organisation, row.sha256)), 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${fileName}`,
      etag: `"${row.sha256}"`,
    });
  });
  return routes;
};
