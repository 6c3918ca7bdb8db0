import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/plugins/plugin.ts';
import { terraform } from '../../../src/plugins/terraform/terraform.ts';
import { createSpec, writeFiles } from '../../helpers/run-plugin.ts';
import { TOOLS } from '../../helpers/tools.ts';

/** A server for as long as `use` takes; its address is gone afterwards. */
const serve = async <T>(listener: RequestListener, use: (address: string) => Promise<T>): Promise<T> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

describe.each(TOOLS)('$title', ({ tool }) => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'signalbox-init-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Really runs `init` over a module from this source. */
  const init = async (source: string): Promise<Verdict> => {
    writeFiles(dir, { 'main.tf': `module "m" {\n  source = "${source}"\n}\n` });
    const spec = createSpec(tool?.name === 'tofu' ? 'opentofu' : 'terraform', { action: 'plan' });
    const context = { spec, tool, cwd: dir, files: ['main.tf'], needsInit: true, providerCache: null };
    const step = terraform.compile(context)[0];
    if (step?.key !== 'init') throw new Error('no init');
    const env = { PATH: process.env['PATH'], HOME: dir, GIT_TERMINAL_PROMPT: '0', ...step.env };
    const child = execFile(step.program, step.args, { cwd: dir, env });
    let document = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: string) => (document += text));
    const [exitCode] = (await once(child, 'close')) as [number];
    const evidence = { summary: null, error: null, facts: {} };
    return terraform.judge({ spec, step, exitCode, evidence, document, earlier: {} });
  };
  const closed = (use: (address: string) => string) =>
    serve(
      () => undefined,
      (address) => Promise.resolve(use(address)),
    );
  const answering = (status: number, use: (address: string) => string) =>
    serve(
      (_, response) => void response.writeHead(status).end(),
      (address) => init(use(address)),
    );

  test.skipIf(tool === null)(
    'a module whose host refuses, or does not answer to its name, may be fetched again',
    async () => {
      const refused = await init(await closed((address) => `${address}/x.zip`));
      expect(refused).toMatchObject({ conclusion: 'failed', transient: true });
      expect(refused.reason?.message).toMatch(/Failed to download module .*: connection refused$/);
      expect(await init(await closed((address) => `git::${address}/x.git`))).toMatchObject({ transient: true });
      expect(await init('http://no-such-host.invalid/x.zip')).toMatchObject({ transient: true });
    },
  );

  test.skipIf(tool === null)('a host that is not well may be asked again, and one that says no may not', async () => {
    expect(await answering(503, (address) => `${address}/x.zip`)).toMatchObject({ transient: true });
    expect(await answering(502, (address) => `git::${address}/x.git`)).toMatchObject({ transient: true });
    for (const source of ['/x.zip', '/x.git']) {
      const verdict = await answering(404, (address) => `${source.endsWith('git') ? 'git::' : ''}${address}${source}`);
      expect(verdict.reason?.message).toContain('Failed to download module');
      expect(verdict).not.toHaveProperty('transient');
    }
  });

  test.skipIf(tool === null)('a module that is not there is a failure of the code', async () => {
    const verdict = await init('./nowhere');
    expect(verdict.conclusion).toBe('failed');
    expect(verdict).not.toHaveProperty('transient');
  });
});
