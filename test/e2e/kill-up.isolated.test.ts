import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCli, type Cli } from '../cli/e2e/start-cli.ts';
import type { PipelineView } from '../../src/protocol/rest.ts';
import { writeModule } from '../helpers/signalbox.ts';

let directory: string;
let data: string;
const started: Cli[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-kill-up-'));
  data = join(directory, 'data');
});
afterEach(async () => {
  for (const cli of started) {
    cli.interrupt();
    await cli.done;
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const up = async (): Promise<Cli> => {
  const cli = startCli(['up', '--json'], { data });
  started.push(cli);
  await cli.until('"type":"up"');
  return cli;
};
const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
  const { url } = JSON.parse(await readFile(join(data, 'private', 'live.json'), 'utf8')) as { url: string };
  const token = (await readFile(join(data, 'private', 'control', 'operator.token'), 'utf8')).trim();
  const reply = await fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
};

const MODULE = (go: string) => `
resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "echo begin; while [ ! -e ${go} ]; do sleep 0.05; done; echo end" }
}
output "slow" { value = terraform_data.slow.output }
`;

describe('kill -9 of `signalbox up`, control plane and runner at once', () => {
  it(
    'in mid apply loses nothing that was acknowledged, and the next one takes the apply over',
    { timeout: 120_000 },
    async () => {
      const go = join(directory, 'go');
      const dir = writeModule(join(directory, 'shop'), { 'main.tf': MODULE(go) });
      const first = await up();
      // Follows the apply of another process, and is cut off from it.
      const run = startCli(['run', dir, '--apply', '--auto-approve', '--json'], {
        data,
        port: null,
        env: { TMPDIR: directory },
      });
      await run.until('begin');
      const [before] = (await call<{ pipelines: PipelineView[] }>('/api/pipelines')).pipelines;
      first.interrupt('SIGKILL');
      await first.done;
      run.interrupt('SIGKILL');
      await run.done;

      await up();
      writeFileSync(go, '');
      let view = await call<PipelineView>(`/api/pipelines/${before?.id}`);
      while (view.finishedAt === null)
        view = await call(`/api/pipelines/${before?.id}?after=${view.version}&waitMs=10000`);
      expect(view.status).toBe('succeeded');
      expect(view.jobs.every((job) => job.attempt === null || job.attempt.endsWith('.1'))).toBe(true);
      expect(view.jobs.at(-1)?.outputs).toEqual({ slow: { value: '1', sensitive: false } });
    },
  );
});
