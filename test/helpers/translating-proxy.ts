import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;
export interface Translation {
  request?: (path: string, body: Json) => Json;
  reply?: (path: string, body: Json) => Json;
}

/** Of one connection only. */
const HOP = ['host', 'connection', 'content-length', 'transfer-encoding'];
const withoutHop = (headers: [string, string][]): Record<string, string> =>
  Object.fromEntries(headers.filter(([name]) => !HOP.includes(name)));

/** Files, under their digest. */
const AS_THEY_ARE = /\/(state|log|artifacts\/\w+)(\?|$)/;

/** Stands between runner and control plane, and says what the one says in the words of another version; files pass as they are. */
export const startTranslatingProxy = async (
  target: string,
  { request, reply }: Translation,
): Promise<{ url: string; close(): Promise<void> }> => {
  const rewrite = (bytes: Buffer, type: string, change: ((body: Json) => Json) | undefined): Buffer =>
    change && bytes.length > 0 && type.includes('json')
      ? Buffer.from(JSON.stringify(change(JSON.parse(bytes.toString()) as Json)))
      : bytes;
  const server = createServer(async (incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = withoutHop(Object.entries(incoming.headers as Record<string, string>));
    const isCoded = headers['content-encoding'] !== undefined;
    const isFile = AS_THEY_ARE.test(path);
    const sent =
      isCoded || isFile
        ? Buffer.concat(chunks)
        : rewrite(Buffer.concat(chunks), headers['content-type'] ?? '', request && ((body) => request(path, body)));
    const left = new AbortController();
    outgoing.once('close', () => left.abort());
    try {
      const answer = await fetch(`${target}${path}`, {
        method: incoming.method ?? 'GET',
        headers,
        signal: left.signal,
        ...(sent.length > 0 && { body: new Uint8Array(sent) }),
      });
      const type = answer.headers.get('content-type') ?? '';
      const translate = isFile ? undefined : reply && ((body: Json) => reply(path, body));
      const bytes = rewrite(Buffer.from(await answer.arrayBuffer()), type, translate);
      outgoing.writeHead(answer.status, withoutHop([...answer.headers])).end(bytes);
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
