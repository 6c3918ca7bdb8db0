import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from '../../src/io/api.ts';
import { createClock } from '../../src/io/clock.ts';
import { createHttp } from '../../src/io/http.ts';

const open = async (answer: (reply: ServerResponse) => void) => {
  const server = createServer((_, reply) => answer(reply));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const http = createHttp({ clock: createClock() });
  onTestFinished(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = createApi({ endpoint, http, timeoutMs: 5000, onDesired: () => {} });
  return api.attempt({ attempt: 'job_0123456789abcdef.1', fence: 1, jobToken: 't' });
};
/** Says how long it will be, and hangs up before that. */
const breakOff = (reply: ServerResponse): void => {
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  reply.write('{"permitted":', () => reply.destroy());
};

describe('a reply that is broken off in its middle is silence, and not a refusal', () => {
  const silence = { code: 'CONTROL_PLANE_UNREACHABLE' };

  it('where it is a message', async () => {
    await expect((await open(breakOff)).permit('apply')).rejects.toMatchObject(silence);
  });
  it('where it is a state', async () => {
    await expect((await open(breakOff)).readState()).rejects.toMatchObject(silence);
  });
  it('where it is a file that is read as it comes', async () => {
    const body = await (await open(breakOff)).readArtifact('a'.repeat(64));
    const read = async () => {
      for await (const _ of body);
    };
    await expect(read()).rejects.toMatchObject(silence);
  });
});
