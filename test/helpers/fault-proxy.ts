import { createServer, request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createRandom } from './create-random.ts';

/** What the network does to a call. `silent` accepts and never answers; `cut` ends every connection at once. */
export interface Weather {
  /** Of all replies, the share that is lost: the request was served, the connection is cut instead of its reply. */
  dropShare: number;
  delayMs: number;
  partition: 'none' | 'cut' | 'silent';
}
export interface Exchange {
  method: string;
  path: string;
  /** What the control plane answered; null where the request never reached it or no reply came back. */
  status: number | null;
  isDelivered: boolean;
}
export interface FaultProxy {
  url: string;
  port: number;
  /** Changes what is named; the rest stays as it is. */
  set(weather: Partial<Weather>): void;
  partition(kind?: 'cut' | 'silent'): void;
  /** Fair weather: connections that hang from a silent partition are cut, as a network that comes back would do. */
  heal(): void;
  close(): Promise<void>;
}
export interface FaultProxyOptions {
  /** The control plane's address. It may come and go: a refused connection is a cut one to the runner. */
  target: string;
  seed?: number;
  port?: number;
  onExchange?: (exchange: Exchange) => void;
}

const FAIR: Weather = { dropShare: 0, delayMs: 0, partition: 'none' };

/** A network in front of a control plane that can be made as bad as a test wants. The same seed drops the same replies. */
export const createFaultProxy = async (options: FaultProxyOptions): Promise<FaultProxy> => {
  const target = new URL(options.target);
  const random = createRandom(options.seed ?? 1);
  const clients = new Set<Socket>();
  const upstream = new Set<ClientRequest>();
  const timers = new Set<NodeJS.Timeout>();
  let weather = { ...FAIR };

  const later = (act: () => void): void => {
    if (weather.delayMs === 0) return act();
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, weather.delayMs);
    timers.add(timer);
  };

  const answer = (incoming: IncomingMessage, outgoing: ServerResponse, reply: IncomingMessage): void => {
    const { method = '', url: path = '' } = incoming;
    const isLost = weather.dropShare > 0 && random() < weather.dropShare;
    const note = (isDelivered: boolean) =>
      options.onExchange?.({ method, path, status: reply.statusCode ?? null, isDelivered });
    if (weather.partition !== 'none') {
      note(false);
      reply.resume();
      return;
    }
    if (isLost) {
      // Served in full first, so that what is lost is the reply and nothing else.
      reply.resume().once('close', () => {
        note(false);
        incoming.socket.destroy();
      });
      return;
    }
    later(() => {
      note(!outgoing.destroyed);
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
  };

  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '' } = incoming;
    if (weather.partition !== 'none') {
      options.onExchange?.({ method, path, status: null, isDelivered: false });
      // Read and kept: a silent partition swallows what is sent into it.
      incoming.resume();
      return;
    }
    const forwarded = request(
      {
        host: target.hostname,
        port: target.port,
        method,
        path,
        // The control plane serves no other name than its own.
        headers: { ...incoming.headers, host: target.host },
        agent: false,
      },
      (reply) => answer(incoming, outgoing, reply),
    );
    upstream.add(forwarded);
    forwarded.once('close', () => upstream.delete(forwarded));
    forwarded.once('error', () => {
      options.onExchange?.({ method, path, status: null, isDelivered: false });
      if (weather.partition !== 'silent') incoming.socket.destroy();
    });
    // The caller went away (its deadline, its end): the control plane is told, as without a proxy.
    outgoing.once('close', () => {
      if (!outgoing.writableFinished && weather.partition === 'none') forwarded.destroy();
    });
    incoming.pipe(forwarded);
  });
  server.on('connection', (socket: Socket) => {
    if (weather.partition === 'cut') {
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    socket.on('error', () => {});
  });
  // A long poll is allowed to take as long as it takes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const cutAll = (): void => {
    for (const socket of clients) socket.destroy();
    for (const forwarded of upstream) forwarded.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    set: (change) => {
      weather = { ...weather, ...change };
    },
    partition: (kind = 'cut') => {
      weather = { ...weather, partition: kind };
      if (kind === 'cut') cutAll();
    },
    heal: () => {
      if (weather.partition !== 'none') cutAll();
      weather = { ...FAIR };
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      cutAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
