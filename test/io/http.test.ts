import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { createHttp } from '../../src/io/http.ts';

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const open = () => {
  const http = createHttp({ clock: createClock() });
  onTestFinished(() => http.close());
  return http;
};

test('method, query, headers and body arrive as sent, and the answer comes back whole', async () => {
  const url = await serve((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      response.writeHead(201, { 'X-Word': ['a', 'b'] });
      response.end(JSON.stringify({ method: request.method, url: request.url, fence: request.headers['fence'], body }));
    });
  });
  const reply = await open().request({
    method: 'PATCH',
    url: `${url}/log?a=1`,
    headers: { fence: '7' },
    body: 'bytes',
  });
  expect(reply.status).toBe(201);
  expect(reply.headers['x-word']).toBe('a, b');
  expect(JSON.parse(await reply.text())).toEqual({ method: 'PATCH', url: '/log?a=1', fence: '7', body: 'bytes' });
});

test('a body may be a stream', async () => {
  const url = await serve((request, response) => void request.pipe(response));
  const body = (async function* () {
    yield Buffer.from('one,');
    yield Buffer.from('two');
  })();
  const reply = await open().request({ method: 'PUT', url, body });
  expect(Buffer.from(await reply.bytes()).toString()).toBe('one,two');
});

test('requests after each other share connections', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('ok');
  });
  const http = open();
  for (let count = 0; count < 20; count += 1) await (await http.request({ method: 'GET', url })).text();
  // Two: the second request may come before the first connection is known to be free.
  expect(ports.size).toBeLessThanOrEqual(2);
});

test('a deadline covers the head of the answer', async () => {
  const url = await serve(() => undefined);
  const waiting = open().request({ method: 'GET', url, timeoutMs: 50 });
  await expect(waiting).rejects.toMatchObject({ code: 'TIMED_OUT', message: expect.stringContaining('within 50 ms') });
});

test('a deadline covers the body too', async () => {
  const url = await serve((_, response) => void response.write('begun'));
  const reply = await open().request({ method: 'GET', url, timeoutMs: 100 });
  await expect(reply.text()).rejects.toMatchObject({ code: 'TIMED_OUT' });
});

test('silence in the middle of a body ends the call', async () => {
  const url = await serve((_, response) => void response.write('begun'));
  const reply = await open().request({ method: 'GET', url, idleMs: 50 });
  const read = async () => {
    for await (const part of reply.body) expect(Buffer.from(part).toString()).toBe('begun');
  };
  await expect(read()).rejects.toMatchObject({
    code: 'TIMED_OUT',
    message: expect.stringContaining('nothing for 50 ms'),
  });
});

test('a call that is given up says so', async () => {
  const stopper = new AbortController();
  const url = await serve(() => stopper.abort());
  await expect(open().request({ method: 'GET', url, signal: stopper.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  await expect(open().request({ method: 'GET', url, signal: stopper.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});

test('where nobody listens, the error names the address and what the network said', async () => {
  const url = await serve(() => undefined);
  const nobody = 'http://localhost:1';
  expect(url).not.toBe(nobody);
  const failing = open().request({ method: 'GET', url: nobody });
  await expect(failing).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    message: expect.stringContaining('localhost:1'),
  });
});

test('a proxy of the environment is used, but never for this host', async () => {
  const asked: string[] = [];
  const proxy = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end('from the proxy');
  });
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = proxy;
  onTestFinished(() => {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  });
  const http = open();
  const url = await serve((_, response) => void response.end('direct'));
  expect(await (await http.request({ method: 'GET', url })).text()).toBe('direct');
  expect(asked).toEqual([]);
  const far = await http
    .request({ method: 'GET', url: 'http://releases.invalid/x', timeoutMs: 2000 })
    .catch((error: Error) => error);
  expect('status' in far && (await far.text())).toBe('from the proxy');
});
