import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { createIds } from '../../src/io/ids.ts';
import { createLogger } from '../../src/io/logger.ts';
import { StopPipeline } from '../../src/protocol/rest.ts';
import { createErrorHandler } from '../../src/server/http-errors.ts';
import { readBody, readBytes, readCount } from '../../src/server/http-read.ts';
import { Hono, type AppEnv } from '../../src/server/http.ts';
import { serveApp, type Serving } from '../../src/server/serve.ts';

describe('reading a request', () => {
  let serving: Serving;
  beforeAll(async () => {
    const app = new Hono<AppEnv>();
    app.onError(createErrorHandler({ logger: createLogger({ level: 'error' }), ids: createIds() }));
    app.put('/bytes', async (c) => c.json((await readBytes(c, 10, 'The thing')).byteLength));
    app.post('/body', async (c) => c.json(await readBody(c, StopPipeline)));
    app.get('/count', (c) => c.json(readCount(c, 'n', { otherwise: 5, max: 100 })));
    serving = await serveApp(app, { host: '127.0.0.1', port: 0, fallbackToFree: false, clock: createClock() });
  });
  afterAll(() => serving.close());

  const ask = async (method: string, path: string, init: RequestInit & { duplex?: 'half' } = {}) => {
    const reply = await fetch(`${serving.url}${path}`, { method, ...init });
    return { status: reply.status, json: (await reply.json()) as unknown };
  };
  /** Without a stated length. */
  const inChunks = (...sizes: number[]) => ({
    body: ReadableStream.from(sizes.map((size) => new Uint8Array(size))) as ReadableStream<Uint8Array<ArrayBuffer>>,
    duplex: 'half' as const,
  });
  const tooLarge = { status: 413, json: { error: { code: 'TOO_LARGE', details: { thing: 'The thing', limit: 10 } } } };

  it('takes bodies up to the limit, of a stated length or not', async () => {
    expect((await ask('PUT', '/bytes', { body: new Uint8Array(10) })).json).toBe(10);
    expect((await ask('PUT', '/bytes', inChunks(4, 6))).json).toBe(10);
    expect((await ask('PUT', '/bytes')).json).toBe(0);
  });

  it('refuses larger ones, of a stated length or not', async () => {
    expect(await ask('PUT', '/bytes', { body: new Uint8Array(11) })).toMatchObject(tooLarge);
    expect(await ask('PUT', '/bytes', inChunks(4, 7))).toMatchObject(tooLarge);
  });

  it('counts an absent body as an empty object', async () => {
    expect((await ask('POST', '/body')).json).toEqual({ reason: 'stopped by the operator', force: false });
  });

  it.each([
    ['[', 'the body is not JSON'],
    ['[]', 'expected object'],
    ['{"reason":7}', 'reason: '],
  ])('refuses %s and says where it is wrong', async (body, problem) => {
    const { status, json } = await ask('POST', '/body', { body });
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toContain(problem);
  });

  it.each([
    ['', 5],
    ['?n=0', 0],
    ['?n=100', 100],
    ['?n=101', 100],
  ])('reads the count in "%s" as %i', async (query, count) => {
    expect((await ask('GET', `/count${query}`)).json).toBe(count);
  });
  it.each(['?n=', '?n=-1', '?n=1.5', '?n=abc', '?n=9999999999999999'])('refuses the count in "%s"', async (query) => {
    expect((await ask('GET', `/count${query}`)).status).toBe(400);
  });
});
