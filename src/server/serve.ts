import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../io/clock.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { AppEnv, Hono } from './http.ts';

export interface ServeOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** True: where the port is taken, the next free one above it is used. */
  fallbackToFree: boolean;
  clock: Clock;
}
export interface Serving {
  url: string;
  port: number;
  /** True where `port` is not the one that was asked for. */
  isFallback: boolean;
  /** Takes no more calls, gives those under way a moment, and resolves when no handler runs any more. */
  close(): Promise<void>;
}

const MAX_FALLBACKS = 100;
const CLOSE_GRACE_MS = 300;
const TIMEOUTS = {
  // Longer than a held poll, and told to clients, so that none sends into a socket that is just being closed.
  keepAliveTimeout: 65_000,
  headersTimeout: 70_000,
  // A state or an artifact may take its time on a slow line.
  requestTimeout: 3_600_000,
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

const listenSomewhere = async (server: Server, { host, port, fallbackToFree }: ServeOptions): Promise<void> => {
  for (let step = 0; ; step++) {
    const candidate = step === MAX_FALLBACKS || port + step > 65_535 ? 0 : port + step;
    try {
      return await listen(server, host, candidate);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE')
        throw new SignalboxError('LISTEN_FAILED', { host, port, problem: code ?? String(error) });
      if (!fallbackToFree || candidate === 0) throw new SignalboxError('PORT_TAKEN', { port });
    }
  }
};

/** Where a person's browser finds what listens on `host`. */
const toUrl = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};

/** Serves the app on a real port. */
export const serveApp = async (app: Hono<AppEnv>, options: ServeOptions): Promise<Serving> => {
  const underWay = new Set<Promise<unknown>>();
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const reply = app.fetch(request, env);
      if (reply instanceof Promise) {
        underWay.add(reply);
        const forget = () => underWay.delete(reply);
        reply.then(forget, forget);
      }
      return reply;
    },
    serverOptions: TIMEOUTS,
  }) as Server;
  await listenSomewhere(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: toUrl(options.host, port),
    port,
    isFallback: options.port !== 0 && port !== options.port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const grace = new AbortController();
      await Promise.race([closed, options.clock.wait(CLOSE_GRACE_MS, grace.signal)]);
      grace.abort();
      // What is left is held on purpose (long polls) or slow: its caller asks again elsewhere or later.
      server.closeAllConnections();
      await closed;
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
};
