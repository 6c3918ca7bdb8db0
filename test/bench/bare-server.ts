import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that does nothing: what an HTTP round trip costs on this host. */
export const startBareServer = async (): Promise<{ url: string; close(): void }> => {
  const server = createServer((request, reply) => {
    request.resume().once('end', () => reply.writeHead(201, { 'content-type': 'application/json' }).end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
};
