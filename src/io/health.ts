import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignalboxError } from '../protocol/errors.ts';
import type { Metrics } from './metrics.ts';

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

const answer = (reply: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
  reply.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
};

/** `/livez` while the process lives, `/readyz` while it takes jobs, `/metrics`: for probes and Prometheus. Nothing else is served. */
export const serveHealth = async (options: {
  hostname: string;
  port: number;
  /** Why it takes no jobs; null: it does. */
  obstacle: () => string | null;
  metrics: Metrics;
}): Promise<Health> => {
  const { hostname, port, obstacle, metrics } = options;
  const server = createServer((request, reply) => {
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(reply, 405, 'only GET\n');
    if (path === '/livez') return answer(reply, 200, 'ok\n');
    if (path === '/readyz') {
      const problem = obstacle();
      return problem === null ? answer(reply, 200, 'ok\n') : answer(reply, 503, `${problem}\n`);
    }
    if (path !== '/metrics') return answer(reply, 404, 'not found\n');
    metrics.text().then(
      (text) => answer(reply, 200, text, metrics.contentType),
      (error: unknown) => answer(reply, 500, `${String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new SignalboxError(
          'METRICS_LISTEN',
          { host: hostname, port, problem: error.code ?? error.message },
          { cause: error },
        ),
      ),
    );
    server.listen(port, hostname, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
