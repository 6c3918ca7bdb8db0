import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listStats } from '../../src/io/process/proc.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-stop-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});
const commandLines = (): string[] =>
  listStats().map(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });

describe('a pipeline that is stopped', () => {
  it('ends a script and leaves no process of it behind, daemonised ones included', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('script');
    const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
    const script = 'setsid sleep 4711 & (setsid sleep 4711 &) ; echo begin; sleep 4711';
    const pipeline = await box.start(architecture, dir, [
      [{ key: 'slow', options: { script } }],
      [{ key: 'never', options: { script: 'true' } }],
    ]);
    await box.until(pipeline, (view) => view.jobs[0]?.steps.length === 1);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    const view = await box.finish(pipeline);
    expect(view.jobs.map(({ status }) => status)).toEqual(['terminated', 'terminated']);
    expect(view.jobs[0]?.steps[0]?.conclusion).toBe('cancelled');
    expect(view.jobs[1]?.startedAt).toBeNull();
    expect(commandLines().filter((line) => line.includes('sleep 4711'))).toEqual([]);
  });

  it('lets an apply end in its own way: one interrupt, the state is whole, and what was made is in it', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const text = `resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "sleep 4712" }
}
resource "terraform_data" "after" { input = terraform_data.slow.output }`;
    const dir = writeModule(join(directory, 'apply'), { 'main.tf': text });
    const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
    await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    const view = await box.finish(pipeline);
    expect(view.status).toBe('terminated');
    const state = JSON.parse(
      Buffer.from(
        await (await box.callRaw('GET', `/api/architectures/${architecture.id}/states/latest`)).arrayBuffer(),
      ).toString(),
    );
    expect(state.resources.map(({ name }: { name: string }) => name)).toEqual(['first', 'slow']);
    expect(commandLines().filter((line) => line.includes('sleep 4712'))).toEqual([]);
    const { lockedBy } = await box.call<{ lockedBy: string | null }>('GET', `/api/architectures/${architecture.id}`);
    expect(lockedBy).toBeNull();
  });

  it('reaches a step within a second', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('script');
    const dir = writeModule(join(directory, 'trap'), { 'note.txt': 'x\n' });
    const script = 'trap "echo interrupted; exit 3" INT; echo begin; while :; do sleep 0.05; done';
    const pipeline = await box.start(architecture, dir, [[{ key: 'trap', options: { script } }]]);
    const running = await box.until(pipeline, (view) => view.jobs[0]?.steps.length === 1);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    const view = await box.finish(pipeline);
    expect(view.jobs[0]?.steps[0]).toMatchObject({ conclusion: 'cancelled', exitCode: 3 });
    expect(await box.log(view.jobs[0] ?? running.jobs[0] ?? { id: '' })).toContain('interrupted');
  });
});
