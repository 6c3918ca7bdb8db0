import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
let backend: Server;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-end-'));
  box = await startBox(directory);
  // It has no state, and takes none.
  backend = createServer((request, reply) => void reply.writeHead(request.method === 'GET' ? 404 : 500).end());
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const SLOW = `resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "sleep 4715" }
}`;
const startApply = async (name: string, text: string) => {
  const architecture = await box.createArchitecture('terraform');
  const dir = writeModule(join(directory, name), { 'main.tf': text });
  const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
  return { architecture, pipeline };
};
const newestSerial = async ({ id }: { id: string }): Promise<number> =>
  Math.max(
    ...(await box.call<{ serial: number }[]>('GET', `/api/architectures/${id}/states`)).map((one) => one.serial),
  );

describe('the end of an apply', () => {
  it('that was cancelled says what happened to state and lock', async () => {
    await box.startRunner();
    const { architecture, pipeline } = await startApply('cancel', SLOW);
    await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    const view = await box.finish(pipeline);
    expect(view.status).toBe('terminated');
    const told = `The state was stored up to serial ${await newestSerial(architecture)} (there was none before). The architecture is free again.`;
    const log = await box.log(view.jobs[0] ?? { id: '' });
    expect(log.split(told)).toHaveLength(2);
  });

  it('that an administrator forced needs reconciliation, and says who ended it', async () => {
    await box.startRunner();
    const { architecture, pipeline } = await startApply('force', SLOW);
    await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, { force: true });
    const view = await box.finish(pipeline);
    expect(view.jobs[0]).toMatchObject({ status: 'error', reason: { code: 'STEP_FORCED' } });
    expect(view.jobs[0]?.reason?.message).toMatch(/an administrator's explicit act/);
    expect(view.jobs[0]?.reason?.message).toContain(`up to serial ${await newestSerial(architecture)}`);
    expect(await box.log(view.jobs[0] ?? { id: '' })).toContain('stays blocked until someone resolves it');
  });

  it('keeps the state that the tool could not store', async () => {
    await box.startRunner();
    const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/state`;
    const text = `terraform {
  backend "http" {
    address   = "${address}"
    retry_max = 0
  }
}
resource "terraform_data" "only" { input = "1" }`;
    const { pipeline } = await startApply('errored', text);
    const view = await box.finish(pipeline);
    expect(view.status).toBe('failed');
    expect(view.jobs[0]?.artifacts.map(({ name }) => name)).toEqual(['errored.tfstate']);
    const kept = await box.callRaw('GET', `/api/jobs/${view.jobs[0]?.id}/artifacts/errored.tfstate`);
    expect(((await kept.json()) as { resources: { name: string }[] }).resources.map(({ name }) => name)).toEqual([
      'only',
    ]);
  });
});
