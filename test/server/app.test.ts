import { request } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnApps, startApp, type TestApp } from './start-app.ts';

/** Sends the path and the headers as they are: fetch sets `Host` itself, and tidies paths. */
const askRaw = (
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const call = request({ port, path, headers }, async (reply) => {
      const text = (await reply.toArray()).join('');
      resolve({ status: reply.statusCode ?? 0, text });
    });
    call.on('error', reject).end();
  });

describeOnApps('the app', (open) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(open);
    await mkdir(join(test.uiDirectory, 'assets'), { recursive: true });
    await writeFile(join(test.uiDirectory, 'index.html'), '<!doctype html><title>Signalbox</title>');
    await writeFile(join(test.uiDirectory, 'assets/main-abc123.js'), 'export {};');
  }, 60_000);
  afterAll(() => test.close());

  const OPEN = new Set(['/livez', '/readyz', '/link/:token']);

  it('refuses a request without a bearer on every route but the probes and the link', async () => {
    const routes = test.app.routes.filter(({ method, path }) => method !== 'ALL' && !OPEN.has(path));
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path } of routes) {
      const real = path.replace(/:\w+(\{.*?\})?/g, 'x').replace('*', 'x');
      const reply = await test.callAs(method, real);
      expect({ method, path, status: reply.status }).toEqual({ method, path, status: 401 });
    }
  });

  it('refuses a wrong bearer like none, on unknown paths too', async () => {
    for (const path of ['/api/overview', '/api/nothing', '/v1/nothing', '/nothing']) {
      const wrong = { headers: { authorization: `Bearer ${test.operatorToken}x` } };
      expect((await test.callAs('GET', path)).status).toBe(401);
      expect((await test.callAs('GET', path, wrong)).json).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
    }
  });

  it('tells probes nothing but ok', async () => {
    expect(await test.callAs('GET', '/livez')).toMatchObject({ status: 200, text: 'ok' });
    expect(await test.callAs('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok' });
  });

  it('says who answers', async () => {
    const overview = await test.call('GET', '/api/overview');
    expect(overview.headers.get('cache-control')).toBe('no-store');
    expect(overview.json).toEqual({
      name: 'signalbox',
      version: '0.0.0-test',
      organisation: test.organisation,
      database: test.context.store.engine,
    });
  });

  it('answers an unknown call with a sentence', async () => {
    expect(await test.call('POST', '/api/nothing')).toMatchObject({
      status: 404,
      json: { error: { code: 'NOT_FOUND', message: 'There is no call POST /api/nothing.' } },
    });
    expect((await test.call('GET', '/api/nothing')).status).toBe(404);
    expect((await test.call('GET', '/v1/nothing')).status).toBe(404);
  });

  it('refuses a foreign host, whatever the path but the probes', async () => {
    for (const path of ['/', '/api/overview', '/link/x', '/v1/poll']) {
      const reply = await askRaw(test.port, path, { host: `evil.example:${test.port}` });
      expect(reply.status).toBe(403);
      expect(reply.text).toContain('FORBIDDEN_HOST');
    }
    expect((await askRaw(test.port, '/livez', { host: '10.0.0.7:7700' })).status).toBe(200);
    expect((await askRaw(test.port, '/api/overview', { host: 'ci.example.com' })).status).toBe(401);
  });

  it('refuses a foreign origin even with the bearer', async () => {
    for (const origin of ['http://evil.example', 'null', `http://localhost:${test.port + 1}`]) {
      expect((await test.call('GET', '/api/overview', undefined, { origin })).json).toMatchObject({
        error: { code: 'FORBIDDEN_ORIGIN', details: { origin } },
      });
    }
    expect((await test.call('GET', '/api/overview', undefined, { origin: test.url })).status).toBe(200);
  });

  it('names what is wrong with a request, by its path', async () => {
    const reply = await test.call('POST', '/api/architectures', { name: '/', kind: 'cobol' });
    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
    expect(reply.text).toContain('name: not a usable name');
    expect(reply.text).toContain('kind: ');
    const broken = { headers: { authorization: `Bearer ${test.operatorToken}` }, body: '{"name":' };
    expect((await test.callAs('POST', '/api/architectures', broken)).text).toContain('the body is not JSON');
  });

  it('refuses a body that is too large before it is read', async () => {
    const reply = await test.call('POST', '/api/architectures', { name: 'x'.repeat(5_000_000) });
    expect(reply).toMatchObject({ status: 413, json: { error: { code: 'TOO_LARGE' } } });
  });

  it('serves the page under every address of the UI, and hashed files for ever', async () => {
    const page = await test.call('GET', '/pipelines/pip_0123456789abcdef');
    expect(page.text).toContain('<title>Signalbox</title>');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await test.call('GET', '/assets/main-abc123.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect((await test.call('GET', '/assets/gone-abc123.js')).status).toBe(404);
  });

  it.each(['/../outside.txt', '/assets/../../outside.txt', '/..%2foutside.txt', '/%2e%2e/outside.txt', '/.hidden.txt'])(
    'never serves what lies outside the built UI: %s',
    async (path) => {
      await writeFile(join(test.uiDirectory, '../outside.txt'), 'not for you');
      await writeFile(join(test.uiDirectory, '.hidden.txt'), 'not for you');
      const reply = await askRaw(test.port, path, { authorization: `Bearer ${test.operatorToken}` });
      expect(reply.text).not.toContain('not for you');
      expect(reply.text).not.toContain('UNAUTHENTICATED');
    },
  );

  it('shows visitors how to sign in, and no page of the UI', async () => {
    const reply = await test.callAs('GET', '/', { headers: { accept: 'text/html' } });
    expect(reply.status).toBe(401);
    expect(reply.text).toContain('signalbox up');
    expect(reply.text).not.toContain('<title>Signalbox</title>');
  });

  it('lets pages load nothing from elsewhere and be framed by nobody', async () => {
    const { headers } = await test.call('GET', '/');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('limits wrong tokens by address, and never the one who has the right one', async () => {
    const own = await startApp(open);
    const wrong = { headers: { authorization: 'Bearer sbx_operator_wrong' } };
    const codes: number[] = [];
    for (let count = 0; count < 25; count++) codes.push((await own.callAs('GET', '/api/overview', wrong)).status);
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(codes).toContain(429);
    expect((await own.callAs('GET', '/link/guess')).status).toBe(429);
    expect((await own.call('GET', '/api/overview')).status).toBe(200);
    await own.close();
  }, 60_000);
});

describeOnApps('a defect', (open) => {
  it('never reaches a reply as a stack, and is in the log under the id that the reply names', async () => {
    const logged: Record<string, unknown>[] = [];
    const test = await startApp(open, (context) => ({
      ...context,
      logger: { ...context.logger, error: (fields) => logged.push(fields) },
      blobs: { ...context.blobs, put: () => Promise.reject(new Error('secret /root/path at line 7')) },
    }));
    const reply = await test.call('PUT', `/api/blobs/${'0'.repeat(64)}`, Buffer.from('x'));
    await test.close();
    expect(reply.status).toBe(500);
    expect(reply.text).not.toMatch(/secret|root|\.ts|at line/);
    expect(reply.text).toContain(String(logged[0]?.['incident']));
    expect(logged[0]?.['stack']).toContain('at line 7');
  }, 60_000);

  it('of the database makes the control plane not ready, and nothing more is told', async () => {
    const test = await startApp(open);
    await test.context.store.db.schema.dropTable('served').execute();
    expect(await test.callAs('GET', '/readyz')).toMatchObject({ status: 503, text: 'not ok' });
    await test.close();
  }, 60_000);
});
