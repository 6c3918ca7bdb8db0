import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { Hono, type AppEnv } from '../../src/server/http.ts';
import { serveApp, type Serving } from '../../src/server/serve.ts';

const clock = createClock();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

const occupy = async (): Promise<number> => {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
};
const serve = async (
  app: Hono<AppEnv>,
  options: { port?: number; fallbackToFree?: boolean } = {},
): Promise<Serving> => {
  const serving = await serveApp(app, { host: '127.0.0.1', port: 0, fallbackToFree: false, clock, ...options });
  open.push(serving);
  return serving;
};
const hello = () => new Hono<AppEnv>().get('/', (c) => c.text('hello'));

describe('serveApp', () => {
  it('falls to the next free port when asked, and says so', async () => {
    const taken = await occupy();
    const serving = await serve(hello(), { port: taken, fallbackToFree: true });
    expect(serving.port).toBeGreaterThan(taken);
    expect(serving.isFallback).toBe(true);
    expect(await (await fetch(serving.url)).text()).toBe('hello');
  });

  it('is a sentence where the port is taken', async () => {
    const taken = await occupy();
    await expect(serve(hello(), { port: taken })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${taken} is taken.`,
    });
  });

  it('is a sentence where the address is not of this host', async () => {
    await expect(serveApp(hello(), { host: '192.0.2.1', port: 0, fallbackToFree: true, clock })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    });
  });

  it('tells a free port from the one that was asked for', async () => {
    expect((await serve(hello())).isFallback).toBe(false);
  });

  it('ends held requests quickly, and only after their handlers are over', async () => {
    const words: string[] = [];
    const held = Promise.withResolvers<void>();
    const app = new Hono<AppEnv>().get('/', async (c) => {
      held.resolve();
      await clock.wait(20_000, c.req.raw.signal);
      words.push('handler over');
      return c.text('late');
    });
    const serving = await serve(app);
    const caller = fetch(serving.url).catch(() => words.push('caller told'));
    await held.promise;
    const began = clock.elapsed();
    await serving.close();
    expect(words).toContain('handler over');
    await caller;
    expect(words).toContain('caller told');
    expect(clock.elapsed() - began).toBeLessThan(3000);
  });

  it('lets a call that is nearly done finish while it closes', async () => {
    const began = Promise.withResolvers<void>();
    const app = new Hono<AppEnv>().get('/', async (c) => {
      began.resolve();
      await clock.wait(50);
      return c.text('done');
    });
    const serving = await serve(app);
    const caller = fetch(serving.url).then((reply) => reply.text());
    await began.promise;
    await serving.close();
    expect(await caller).toBe('done');
  });

  it('keeps a connection longer than clients do', async () => {
    const serving = await serve(hello());
    const agent = new Agent();
    open.push({ close: () => agent.destroy() });
    const { headers, body } = await request(serving.url, { dispatcher: agent });
    await body.dump();
    expect(headers['keep-alive']).toBe('timeout=65');
  });
});
