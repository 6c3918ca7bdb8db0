import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { makeZip } from './make-zip.ts';

type Answer = string | Uint8Array | ((response: ServerResponse) => void);

export interface ReleaseServer {
  url: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  /** What each path answers; a test may change it. */
  answers: Map<string, Answer>;
}

/** A tool of a few bytes that says what it is. */
export const fakeTool = (title: 'Terraform' | 'OpenTofu', version: string): string =>
  `#!/bin/sh\necho "${title} v${version}"\necho "on linux_amd64"\n`;

/** A release site with fake tools of these versions, in both vendors' layouts, on a free port. */
export const startReleaseServer = async (versions: readonly string[]): Promise<ReleaseServer> => {
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  for (const [name, title] of [
    ['terraform', 'Terraform'],
    ['tofu', 'OpenTofu'],
  ] as const) {
    for (const version of versions) {
      const folder = name === 'terraform' ? `/terraform/${version}` : `/v${version}`;
      const zip = makeZip(name, fakeTool(title, version));
      const file = `${name}_${version}_linux_amd64.zip`;
      answers.set(`${folder}/${file}`, zip);
      const sum = createHash('sha256').update(zip).digest('hex');
      answers.set(
        `${folder}/${name}_${version}_SHA256SUMS`,
        `${'0'.repeat(64)}  ${name}_${version}_darwin_arm64.zip\n${sum}  ${file}\n`,
      );
    }
  }
  answers.set(
    '/terraform/index.json',
    JSON.stringify({ name: 'terraform', versions: Object.fromEntries(versions.map((v) => [v, {}])) }),
  );
  answers.set('/api.json', JSON.stringify({ versions: versions.map((id) => ({ id, files: [] })) }));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers.get(path);
    if (typeof answer === 'function') return answer(response);
    if (answer === undefined) return response.writeHead(404).end();
    return response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, answers };
};
