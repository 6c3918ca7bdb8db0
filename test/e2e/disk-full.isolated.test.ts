import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PipelineView, RunnerView } from '../../src/protocol/rest.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const PATIENCE = { timeout: 20_000 };

let box: Box;
let directory: string;
let disk: string;
let count = 0;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-disk-'));
  box = await startBox(directory);
});
beforeEach(() => {
  disk = join(directory, `disk-${++count}`);
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'signalbox-test', disk]);
});
afterEach(async () => {
  await box.closeRunners();
  execFileSync('umount', ['-l', disk]);
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

/** To the last byte. */
const fill = (): void => {
  const file = openSync(join(disk, 'fill'), 'a');
  try {
    for (const size of [65_536, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
};
const empty = () => rmSync(join(disk, 'fill'));
const problemOf = async (name: string): Promise<string | null> => {
  const runners = await box.call<RunnerView[]>('GET', '/api/runners');
  return runners.find((runner) => runner.name === name)?.problem?.code ?? null;
};
const touched = (name: string) => join(directory, `${count}-${name}`);
const startScript = async (script: string, effect = 'idempotent') => {
  const dir = writeModule(touched('module'), { 'note.txt': 'x\n' });
  const architecture = await box.createArchitecture('script');
  return box.start(architecture, dir, [[{ key: 'job', options: { script, effect } }]]);
};
const jobOf = async (pipeline: { id: string }) =>
  (await box.call<PipelineView>('GET', `/api/pipelines/${pipeline.id}`)).jobs[0];

describe.runIf(process.getuid?.() === 0)('a runner whose disk fills up (needs root, to mount a small one)', () => {
  it('lets its apply run on, says why it takes nothing new, and goes on by itself when there is room', async () => {
    const runner = await box.spawnRunner({ stateDirectory: disk });
    const { name } = runner.options;
    const [begun, end] = [touched('begun'), touched('end')];
    const architecture = await box.createArchitecture('terraform');
    const text = `resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "touch ${begun}; until [ -e ${end} ]; do sleep 0.05; done" }
}
resource "terraform_data" "last" { input = terraform_data.slow.id }`;
    const dir = writeModule(touched('apply'), { 'main.tf': text });
    const apply = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
    await expect.poll(() => existsSync(begun), PATIENCE).toBe(true);

    fill();
    await expect.poll(() => problemOf(name), PATIENCE).toMatch(/^DISK_(LOW|FULL)$/);
    expect(runner.output()).toMatch(/no new one is taken/);
    const waiting = await startScript('echo later');
    await expect
      .poll(async () => (await jobOf(waiting))?.waitsFor, PATIENCE)
      .toContain(`No runner takes jobs. ${name}: `);
    expect((await jobOf(apply))?.status).toBe('running');

    empty();
    writeFileSync(end, '');
    const view = await box.finish(apply);
    expect(view).toMatchObject({ status: 'succeeded', jobs: [{ attempt: `${apply.jobs[0]?.id}.1` }] });
    const log = await box.log(view.jobs[0] ?? { id: '' });
    expect(log.match(/Apply complete!/g)).toHaveLength(1);
    const states = await box.call<{ serial: number }[]>('GET', `/api/architectures/${architecture.id}/states`);
    expect(new Set(states.map(({ serial }) => serial)).size).toBe(states.length);
    expect((await box.finish(waiting)).status).toBe('succeeded');
    expect(await problemOf(name)).toBeNull();
    expect(runner.process.exitCode).toBeNull();
  });

  it('loses neither the exit code nor the result of a step that ends meanwhile', async () => {
    const runner = await box.spawnRunner({ stateDirectory: disk });
    const [begun, end, over] = [touched('begun'), touched('end'), touched('over')];
    const script = `touch ${begun}; until [ -e ${end} ]; do sleep 0.05; done; touch ${over}`;
    const pipeline = await startScript(script, 'irreversible');
    await expect.poll(() => existsSync(begun), PATIENCE).toBe(true);
    fill();
    writeFileSync(end, '');
    await expect.poll(() => existsSync(over), PATIENCE).toBe(true);
    await expect.poll(() => problemOf(runner.options.name), PATIENCE).toMatch(/^DISK_(LOW|FULL)$/);
    empty();
    const view = await box.finish(pipeline);
    expect(view).toMatchObject({ status: 'succeeded', jobs: [{ attempt: `${pipeline.jobs[0]?.id}.1` }] });
  });

  it('is taken over by its successor on the full disk, with what it runs', async () => {
    const runner = await box.spawnRunner({ stateDirectory: disk });
    const [begun, end] = [touched('begun'), touched('end')];
    const script = `touch ${begun}; until [ -e ${end} ]; do sleep 0.05; done; echo over`;
    const pipeline = await startScript(script, 'irreversible');
    await expect.poll(() => existsSync(begun), PATIENCE).toBe(true);
    fill();
    await runner.kill();
    // A successor needs a few bytes for its own lock.
    const room = join(disk, 'fill');
    execFileSync('truncate', ['-s', '-8192', room]);
    const next = await box.succeed(runner);
    await expect.poll(() => problemOf(next.options.name), PATIENCE).toMatch(/^DISK_(LOW|FULL)$/);
    empty();
    writeFileSync(end, '');
    const view = await box.finish(pipeline);
    expect(view).toMatchObject({ status: 'succeeded', jobs: [{ attempt: `${pipeline.jobs[0]?.id}.1` }] });
    expect((await box.log(view.jobs[0] ?? { id: '' })).match(/^over$/gm)).toHaveLength(1);
  });
});
