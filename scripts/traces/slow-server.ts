import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server that may answer nothing; before `open` its port is closed. */
export interface SlowServer {
  url: string;
  /** Begins to listen. `hold`: nothing is answered. */
  open(hold: boolean): Promise<void>;
  /** Requests that came so far. */
  count(): number;
  close(): Promise<void>;
}

/** Serves `body` under every path, or 404 where it is null. */
export const createSlowServer = async (body: Buffer | null): Promise<SlowServer> => {
  let isHolding = false;
  let seen = 0;
  const server = createServer((_, response) => {
    seen += 1;
    if (!isHolding) response.writeHead(body === null ? 404 : 200).end(body);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  // A port that is free, and closed again until it is wanted.
  await listen(0);
  const { port } = server.address() as AddressInfo;
  await close();
  return {
    url: `http://127.0.0.1:${port}`,
    open: (hold) => {
      isHolding = hold;
      return listen(port);
    },
    count: () => seen,
    close,
  };
};
