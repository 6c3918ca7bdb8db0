import { Agent, request } from 'node:http';

export interface Reply {
  status: number;
  body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A plain HTTP client over kept-alive connections, the same for ours and for the floor. */
export const send = (
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body: string | Uint8Array | null = null,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const call = request(url, { method, agent, headers: { ...headers, ...length } }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.once('end', () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks) }));
      reply.once('error', reject);
    });
    call.once('error', reject);
    call.end(body);
  });

/** Lets go of the kept connections. */
export const closeClient = (): void => agent.destroy();
