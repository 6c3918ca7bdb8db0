import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaultProxy, type Exchange, type FaultProxy } from './fault-proxy.ts';

let served: string[];
let server: Server;
let proxy: FaultProxy;
let exchanges: Exchange[];
const start = async (seed: number): Promise<void> => {
  const { port } = server.address() as AddressInfo;
  exchanges = [];
  const onExchange = (exchange: Exchange) => exchanges.push(exchange);
  proxy = await createFaultProxy({ target: `http://127.0.0.1:${port}`, seed, onExchange });
};
beforeEach(async () => {
  served = [];
  server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (bytes: Buffer) => (body += bytes.toString()));
    incoming.on('end', () => {
      served.push(`${incoming.method} ${incoming.url} ${body}`);
      outgoing.end(body.toUpperCase());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await start(7);
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const send = async (body: string): Promise<string | null> => {
  const reply = await fetch(`${proxy.url}/say`, { method: 'POST', body }).catch(() => null);
  return reply === null ? null : reply.text();
};
const sendAll = async (): Promise<(string | null)[]> => {
  const replies = [];
  for (let index = 0; index < 20; index += 1) replies.push(await send(`a${index}`));
  return replies;
};

describe('the network of the fault tests', () => {
  it('loses replies, never requests, and the same ones for the same seed', async () => {
    proxy.set({ dropShare: 0.5 });
    const first = await sendAll();
    expect(served).toHaveLength(20);
    const lost = first.filter((reply) => reply === null).length;
    expect(lost).toBeGreaterThan(4);
    expect(lost).toBeLessThan(16);
    expect(exchanges.filter(({ isDelivered, status }) => !isDelivered && status === 200)).toHaveLength(lost);
    await proxy.close();
    await start(7);
    proxy.set({ dropShare: 0.5 });
    expect(await sendAll()).toEqual(first);
  });

  it('holds every reply back for as long as it is told', async () => {
    proxy.set({ delayMs: 80 });
    const began = performance.now();
    expect(await send('late')).toBe('LATE');
    expect(performance.now() - began).toBeGreaterThanOrEqual(79);
  });

  it('lets nothing through while it is partitioned, and everything after', async () => {
    proxy.partition();
    expect(await send('one')).toBeNull();
    proxy.heal();
    expect(await send('two')).toBe('TWO');
    proxy.partition('silent');
    const hanging = send('three');
    await expect.poll(() => exchanges.at(-1)).toMatchObject({ status: null, isDelivered: false });
    proxy.heal();
    expect(await hanging).toBeNull();
    expect(served).toEqual(['POST /say two']);
  });
});
