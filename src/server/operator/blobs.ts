import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { SignalboxError } from '../../protocol/errors.ts';
import { Sha256 } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { writeAudit } from '../audit.ts';

/** `PUT|HEAD|GET /blobs/:sha256`: source bundles, by the digest of their bytes; a repetition changes nothing. */
export const createBlobRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { store, blobs, clock, limits } = context;
  const routes = new Hono<AppEnv>();

  // HEAD comes here too: hono drops the body of the reply.
  routes.get('/blobs/:sha256', async (c) => {
    const sha256 = readParam(c, 'sha256', Sha256, 'blob');
    const { organisation } = c.var.caller;
    const row = await store.db
      .selectFrom('blob')
      .select('size')
      .where('org_id', '=', organisation)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    if (!row || !(await blobs.has(organisation, sha256)))
      throw new SignalboxError('NOT_FOUND', { thing: 'blob', id: sha256 });
    const headers = { 'content-type': 'application/octet-stream', etag: `"${sha256}"` };
    if (c.req.raw.method === 'HEAD') return c.body(null, 200, { ...headers, 'content-length': String(row.size) });
    return c.body(Buffer.from(await blobs.read(organisation, sha256)), 200, headers);
  });

  routes.put('/blobs/:sha256', async (c) => {
    const sha256 = readParam(c, 'sha256', Sha256, 'blob');
    const { caller } = c.var;
    const stated = Number(c.req.header('content-length') ?? 0);
    if (stated > limits.maxBlobBytes) {
      throw new SignalboxError('TOO_LARGE', { thing: 'The bundle', size: stated, limit: limits.maxBlobBytes });
    }
    const body = c.req.raw.body ? Readable.fromWeb(c.req.raw.body as ReadableStream) : new Uint8Array();
    const { size } = await blobs.put(caller.organisation, sha256, body, limits.maxBlobBytes);
    await store.db.transaction().execute(async (tx) => {
      const made = await tx
        .insertInto('blob')
        .values({ org_id: caller.organisation, sha256, size, created_at: clock.now() })
        .onConflict((conflict) => conflict.doNothing())
        .returning('sha256')
        .executeTakeFirst();
      if (made) await writeAudit(context, tx, caller, { action: 'blob.put', subject: sha256, body: { size } });
    });
    return c.json({ sha256, size }, 201);
  });

  return routes;
};
