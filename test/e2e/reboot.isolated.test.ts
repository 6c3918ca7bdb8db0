import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readTrace } from '../../src/trace/read.ts';
import { replayLife } from '../../src/trace/replay.ts';
import { loseHost } from '../helpers/lose-host.ts';
import { startBox, writeModule, type Box, type RunnerProcess } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-reboot-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const livesOf = (runner: RunnerProcess, attempt: string) => {
  const trace = join(runner.stateDirectory, 'jobs', attempt, 'trace.ndjson');
  return readTrace(readFileSync(trace, 'utf8'), trace);
};
/** Its second start ends at once; its first one never does. */
const startScript = async (name: string, effect: string) => {
  const mark = join(directory, `${name}.mark`);
  const script = `if [ -e ${mark} ]; then echo again; else touch ${mark}; echo first; sleep 4713; fi`;
  const dir = writeModule(join(directory, name), { 'note.txt': 'x\n' });
  const architecture = await box.createArchitecture('script');
  const pipeline = await box.start(architecture, dir, [[{ key: 'job', options: { script, effect } }]]);
  await box.until(pipeline, ({ jobs }) => existsSync(mark) && jobs[0]?.steps.length === 1);
  return pipeline;
};
const SLOW = `resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "sleep 4714" }
}`;
const startApply = async (name: string) => {
  const dir = writeModule(join(directory, name), { 'main.tf': SLOW });
  const architecture = await box.createArchitecture('terraform');
  const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
  await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1);
  return { architecture, pipeline };
};

describe('a host that reboots in the middle of a step', () => {
  it.each(['read', 'idempotent'])(
    'runs a step that is %s again, as a new attempt with a higher fence',
    async (effect) => {
      const first = await box.spawnRunner();
      const pipeline = await startScript(effect, effect);
      await loseHost(first);
      await box.succeed(first);
      const view = await box.finish(pipeline);
      const [job] = view.jobs;
      expect(view.status).toBe('succeeded');
      expect(job?.attempt).toBe(`${job?.id}.2`);
      expect(await box.log(job ?? { id: '' })).toMatch(/^again$/m);

      const given = livesOf(first, `${job?.id}.1`);
      const last = given.at(-1)?.entries.at(-1);
      expect(last).toMatchObject({ kind: 'mark', mark: 'sealed', data: { abandoned: { step: 'script' } } });
      for (const life of given) expect(replayLife(life).divergence).toBeNull();
      expect(readdirSync(join(first.stateDirectory, 'jobs', `${job?.id}.1`))).toEqual(['trace.ndjson']);
      expect(readdirSync(first.options.temporaryDirectory, { recursive: true })).not.toContain(`${job?.id}.1`);
    },
  );

  it('gives an attempt up also while the control plane is away, and the job runs when it is back', async () => {
    const first = await box.spawnRunner();
    const pipeline = await startScript('away', 'read');
    await box.takeDown();
    await loseHost(first);
    const second = await box.succeed(first);
    const jobs = join(first.stateDirectory, 'jobs');
    const attempt = `${pipeline.jobs[0]?.id}.1`;
    await expect.poll(() => readdirSync(join(jobs, attempt)), { timeout: 15_000 }).toEqual(['trace.ndjson']);
    await second.kill();
    await box.bringBack();
    await box.succeed(first);
    const view = await box.finish(pipeline);
    expect(view).toMatchObject({ status: 'succeeded', jobs: [{ attempt: `${pipeline.jobs[0]?.id}.2` }] });
  });

  it('leaves an apply to a person, with the state up to its newest serial and the serials in the reason', async () => {
    const first = await box.spawnRunner();
    const { architecture, pipeline } = await startApply('apply');
    await loseHost(first);
    await box.succeed(first);
    const view = await box.finish(pipeline);
    expect(view.status).toBe('error');
    const states = await box.call<{ serial: number }[]>('GET', `/api/architectures/${architecture.id}/states`);
    const newest = Math.max(...states.map(({ serial }) => serial));
    expect(view.jobs[0]?.reason).toMatchObject({ code: 'STEP_LOST' });
    expect(view.jobs[0]?.reason?.message).toContain(`up to serial ${newest} (there was none before)`);
    expect(await box.log(view.jobs[0] ?? { id: '' })).toContain('stays blocked until someone resolves it');
  });

  it('says so where the workspace of an apply is gone with it', async () => {
    const first = await box.spawnRunner();
    const { architecture, pipeline } = await startApply('gone');
    await expect
      .poll(async () => (await box.call<unknown[]>('GET', `/api/architectures/${architecture.id}/states`)).length)
      .toBeGreaterThan(0);
    await loseHost(first);
    rmSync(first.options.temporaryDirectory, { recursive: true });
    await box.succeed(first);
    const view = await box.finish(pipeline);
    expect(view.status).toBe('error');
    expect(view.jobs[0]?.reason?.message).toMatch(/(up to serial \d+ .* T|[.] T)he workspace is gone/);
  });
});
