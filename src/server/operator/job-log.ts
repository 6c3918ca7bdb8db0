import { LOG_OFFSET_HEADER } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { JobId, toAttemptId } from '../../protocol/ids.ts';
import { LOG_COMPLETE_HEADER } from '../../protocol/rest.ts';
import { topics, type ServerContext } from '../context.ts';
import { holdUntil } from '../http-hold.ts';
import { readCount, readParam } from '../http-read.ts';
import { Hono, type AppEnv } from '../http.ts';
import { findAttemptLog } from './attempt-log.ts';
import { readByteRange } from './byte-range.ts';
import { streamLog } from './stream-log.ts';

/** What one reply carries without a range: whoever follows asks again from `Log-Offset`. */
const MAX_REPLY_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 25_000;
const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** `GET /jobs/:id/log`: exact bytes from `offset` or of a `Range`, held up to `waitMs` while there is nothing new. */
export const createJobLogRoutes = (context: ServerContext): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.get('/jobs/:id/log', async (c) => {
    const job = readParam(c, 'id', JobId, 'job');
    const { organisation } = c.var.caller;
    const asked = readCount(c, 'attempt', { otherwise: 0, max: 999_999 }) || null;
    const offset = readCount(c, 'offset', { otherwise: 0, max: Number.MAX_SAFE_INTEGER });
    const waitMs = readCount(c, 'waitMs', { otherwise: 0, max: MAX_WAIT_MS });
    const range = c.req.header('range');
    const hold = { topic: topics.log(job), waitMs: range === undefined ? waitMs : 0, signal: c.req.raw.signal };
    const log = await holdUntil(context, hold, async () => {
      const value = await findAttemptLog(context, organisation, job, asked);
      return { value, isNew: value.bytes > offset || value.isOver };
    });
    const wanted = readByteRange(range, log.bytes);
    if (wanted === null) {
      return c.body(null, 416, {
        ...TEXT,
        'content-range': `bytes */${log.bytes}`,
        [LOG_OFFSET_HEADER]: String(log.bytes),
      });
    }
    const isPart = wanted !== undefined;
    if (!isPart && offset > log.bytes) {
      throw new SignalboxError('REQUEST_INVALID', { problem: `offset: the log has ${log.bytes} bytes` });
    }
    const from = isPart ? wanted.from : offset;
    const end = isPart ? wanted.to + 1 : Math.min(log.bytes, offset + MAX_REPLY_BYTES);
    const headers: Record<string, string> = {
      ...TEXT,
      'accept-ranges': 'bytes',
      'content-length': String(end - from),
      [LOG_OFFSET_HEADER]: String(end),
      [LOG_COMPLETE_HEADER]: String(log.isOver && end === log.bytes),
    };
    if (isPart) headers['content-range'] = `bytes ${from}-${end - 1}/${log.bytes}`;
    if (log.number === null) return c.body(null, 200, headers);
    const attempt = toAttemptId(job, log.number);
    return c.body(streamLog(context.logs, organisation, attempt, { from, to: end }), isPart ? 206 : 200, headers);
  });
  return routes;
};
