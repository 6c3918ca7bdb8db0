import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createErrorHandler } from '../../../src/server/http-errors.ts';
import { createRunnerRoutes } from '../../../src/server/runners/routes.ts';
import { describeScenes, type Play } from './on-stores.ts';
import { sha256, task, toResult, toState, type Lease } from './scene.ts';

type Body = string | Uint8Array<ArrayBuffer>;
const createCall = (scene: Play) => {
  const app = createRunnerRoutes(scene.context);
  app.onError(createErrorHandler(scene.context));
  return async (
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const isBytes = body === undefined || body instanceof Uint8Array;
    const sent = isBytes ? (body as Body | undefined) : JSON.stringify(body);
    const reply = await app.request(`/v1${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, text, json: text.startsWith('{') ? JSON.parse(text) : null };
  };
};
const start = async (scene: Play, action: 'plan' | 'apply' = 'plan'): Promise<Lease> => {
  await scene.run([[task('a', action)]]);
  return scene.work(await scene.createSession());
};
const patch = (from: number, size: number, fence: number) => ({
  'content-range': `bytes ${from}-${from + size - 1}/*`,
  fence: String(fence),
});

describeScenes('runner routes', (play) => {
  it('carry a job from its session to its result', async () => {
    const scene = await play();
    const call = createCall(scene);
    const { token } = await scene.createRunner();
    const hello = {
      protocol: 1,
      instanceId: 'instance-1',
      bootId: 'boot-0001',
      name: 'r',
      version: '1',
      slots: 1,
      running: [],
    };
    const opened = await call('POST', '/sessions', token, hello);
    expect(opened.status).toBe(201);
    const { session, token: bearer } = opened.json;
    await scene.run([[task('a', 'plan')]]);
    const polled = await call('POST', '/poll', bearer, { session, ack: 0, free: 1, waitMs: 0 });
    const { attempt } = polled.json.commands[0];
    const claimed = await call('POST', '/claim', bearer, { session, attempt });
    const { fence, jobToken } = claimed.json;
    const at = `/attempts/${attempt}`;
    expect((await call('POST', `${at}/renew`, jobToken, { fence, phase: 'running', progress: null })).json).toEqual({
      leaseMs: 30_000,
      desired: 'run',
    });
    expect((await call('POST', `${at}/permit`, jobToken, { fence, step: 'plan' })).json).toMatchObject({
      permitted: true,
    });
    const logged = await call('PATCH', `${at}/log`, jobToken, Buffer.from('hello'), patch(0, 5, fence));
    expect([logged.status, logged.headers.get('log-offset'), logged.headers.get('desired-state')]).toEqual([
      204,
      '5',
      'run',
    ]);
    const result = toResult({ attempt, fence, token: jobToken }, { log: { bytes: 5, sha256: sha256('hello') } });
    expect(await call('PUT', `${at}/result`, jobToken, { ...result, events: 1 })).toMatchObject({
      status: 202,
      json: { status: 'incomplete' },
    });
    const event = { seq: 0, at: 1, event: { type: 'note', level: 'info', message: 'zero \0 byte' } };
    expect((await call('POST', `${at}/events`, jobToken, { fence, events: [event] })).json).toEqual({
      next: 1,
      desired: 'run',
    });
    expect(await call('PUT', `${at}/result`, jobToken, { ...result, events: 1 })).toMatchObject({
      status: 200,
      json: { status: 'sealed' },
    });
    expect((await call('POST', '/drain', bearer, { session, end: true })).json).toEqual({ withdrawn: [] });
  });

  it('answer a gap in the log with 416 and the right offset, and take gzip', async () => {
    const scene = await play();
    const call = createCall(scene);
    const { attempt, token, fence } = await start(scene);
    const gap = await call('PATCH', `/attempts/${attempt}/log`, token, Buffer.from('abc'), patch(7, 3, fence));
    expect([gap.status, gap.headers.get('log-offset')]).toEqual([416, '0']);
    const zipped = { ...patch(0, 3, fence), 'content-encoding': 'gzip' };
    const taken = await call('PATCH', `/attempts/${attempt}/log`, token, new Uint8Array(gzipSync('abc')), zipped);
    expect([taken.status, taken.headers.get('log-offset')]).toEqual([204, '3']);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(scene.context.limits.maxLogChunkBytes + 1)));
    expect(await call('PATCH', `/attempts/${attempt}/log`, token, bomb, zipped)).toMatchObject({ status: 413 });
    expect(await call('PATCH', `/attempts/${attempt}/log`, token, Buffer.from('no gzip'), zipped)).toMatchObject({
      status: 400,
    });
  });

  it('move artifacts and states as bytes', async () => {
    const scene = await play();
    const call = createCall(scene);
    const { attempt, token, fence } = await start(scene, 'apply');
    const fenced = { fence: String(fence) };
    const file = Buffer.from('a file');
    const at = `/attempts/${attempt}`;
    const put = await call('PUT', `${at}/artifacts/${sha256(file)}?name=f&kind=file`, token, file, fenced);
    expect([put.status, put.headers.get('desired-state')]).toEqual([204, 'run']);
    expect((await call('GET', `${at}/artifacts/${sha256(file)}`, token)).text).toBe('a file');
    const wrong = await call('PUT', `${at}/artifacts/${sha256('other')}?name=f&kind=file`, token, file, fenced);
    expect(wrong).toMatchObject({ status: 412, json: { error: { code: 'DIGEST_MISMATCH' } } });
    expect(await call('GET', `${at}/state`, token)).toMatchObject({ status: 204 });
    const { bytes, head } = toState('one', 1);
    const query = new URLSearchParams({ ...head, serial: '1' });
    expect(await call('PUT', `${at}/state?${query}`, token, bytes, fenced)).toMatchObject({ status: 204 });
    expect((await call('GET', `${at}/state`, token)).text).toBe(bytes.toString());
  });

  it('refuse what carries no valid token, and name what is wrong with a message', async () => {
    const scene = await play();
    const call = createCall(scene);
    const lease = await start(scene);
    const stranger = await start(await play());
    const renewal = { fence: lease.fence, phase: 'running', progress: null };
    const at = `/attempts/${lease.attempt}`;
    const unauthenticated = { status: 401, json: { error: { code: 'UNAUTHENTICATED' } } };
    for (const path of [
      '/sessions',
      '/poll',
      '/claim',
      '/decline',
      '/drain',
      `${at}/permit`,
      `${at}/renew`,
      `${at}/events`,
    ]) {
      expect(await call('POST', path, null, {})).toMatchObject(unauthenticated);
    }
    expect(await call('POST', `${at}/renew`, 'sbx_job_unknown', renewal)).toMatchObject(unauthenticated);
    expect(await call('POST', `${at}/renew`, stranger.token, renewal)).toMatchObject({ status: 404 });
    expect(await call('POST', '/attempts/nonsense/renew', lease.token, renewal)).toMatchObject({ status: 404 });
    const invalid = await call('POST', `${at}/renew`, lease.token, { ...renewal, phase: 'asleep' });
    expect(invalid).toMatchObject({
      status: 400,
      json: { error: { code: 'REQUEST_INVALID', message: expect.stringContaining('phase') } },
    });
    expect(await call('PATCH', `${at}/log`, lease.token, Buffer.from('abc'), patch(0, 4, lease.fence))).toMatchObject({
      status: 400,
    });
    expect(await call('PATCH', `${at}/log`, lease.token, Buffer.from('abc'), { fence: '1' })).toMatchObject({
      status: 400,
    });
    expect(await call('POST', `${at}/renew`, lease.token, { ...renewal, fence: 0 })).toMatchObject({ status: 409 });
  });
});
