import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ArtifactRef, DESIRED_HEADER, LOG_OFFSET_HEADER, StateQuery } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { Sha256 } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { readParam, readQuery } from '../http-read.ts';
import { Hono, type AppEnv, type Context } from '../http.ts';
import { readPlain } from '../read-call.ts';
import { appendLog } from './append-log.ts';
import { getArtifact, putArtifact } from './artifacts.ts';
import { getState } from './get-state.ts';
import { putState } from './put-state.ts';
import { readAttempt, readContentRange, readFenced } from './read-attempt-call.ts';

const ArtifactQuery = ArtifactRef.pick({ name: true, kind: true });
const BYTES = { 'content-type': 'application/octet-stream' };

const toStream = (c: Context): Readable | Uint8Array => {
  if (!c.req.raw.body) return new Uint8Array();
  return Readable.fromWeb(c.req.raw.body as ReadableStream);
};

/** Bytes to and from an attempt: log, artifacts, state; under `/v1/attempts/:attempt`, by job token. */
export const createTransferRoutes = (context: ServerContext): Hono<AppEnv> => {
  const { limits } = context;
  const routes = new Hono<AppEnv>();

  routes.patch('/log', async (c) => {
    const call = readFenced(c);
    const { from, size } = readContentRange(c);
    const bytes = await readPlain(c, limits.maxLogChunkBytes, 'The log chunk');
    if (bytes.length !== size)
      throw new SignalboxError('REQUEST_INVALID', {
        problem: `content-range: ${size} bytes, the body has ${bytes.length}`,
      });
    const reply = await appendLog(context, { ...call, from, bytes });
    const headers = { [LOG_OFFSET_HEADER]: String(reply.offset), [DESIRED_HEADER]: reply.desired };
    return c.body(null, reply.accepted ? 204 : 416, headers);
  });

  routes.put('/artifacts/:sha256', async (c) => {
    const call = readFenced(c);
    const sha256 = readParam(c, 'sha256', Sha256, 'artifact');
    const desired = await putArtifact(context, { ...call, sha256, ...readQuery(c, ArtifactQuery), body: toStream(c) });
    return c.body(null, 204, { [DESIRED_HEADER]: desired });
  });

  routes.get('/artifacts/:sha256', async (c) => {
    const call = readAttempt(c);
    const sha256 = readParam(c, 'sha256', Sha256, 'artifact');
    const { bytes, desired } = await getArtifact(context, { ...call, sha256 });
    return c.body(Buffer.from(bytes), 200, { ...BYTES, [DESIRED_HEADER]: desired });
  });

  routes.put('/state', async (c) => {
    const call = readFenced(c);
    const head = readQuery(c, StateQuery);
    const bytes = await readPlain(c, limits.maxStateBytes, 'The state');
    const desired = await putState(context, { ...call, head, bytes });
    return c.body(null, 204, { [DESIRED_HEADER]: desired });
  });

  routes.get('/state', async (c) => {
    const { bytes, desired } = await getState(context, readAttempt(c));
    if (bytes === null) return c.body(null, 204, { [DESIRED_HEADER]: desired });
    return c.body(Buffer.from(bytes), 200, { ...BYTES, [DESIRED_HEADER]: desired });
  });

  return routes;
};
