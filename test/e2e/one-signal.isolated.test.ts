import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findOwnProcesses } from '../helpers/living-processes.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const PATIENCE = { timeout: 10_000, interval: 20 };

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-one-signal-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const start = async (name: string) => {
  const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
  // It leaves a daemon behind, and goes on after the signal until it is let go.
  const script = `
count=0
trap 'count=$((count + 1)); echo "SIGINT $count"' INT
setsid sh -c 'while :; do touch ${directory}/${name}-daemon; sleep 0.05; done' &
echo ready
while [ ! -e ${directory}/${name}-go ]; do sleep 0.02 || :; done
exit 3`;
  const options = { script, effect: 'irreversible' };
  const pipeline = await box.start(await box.createArchitecture('script'), dir, [[{ key: 'job', options }]]);
  const view = await box.until(pipeline, ({ jobs }) => jobs[0]?.steps.length === 1);
  const [job] = view.jobs;
  if (!job) throw new Error('no job');
  await expect.poll(() => box.log(job), PATIENCE).toContain('ready');
  return { pipeline, job };
};
const letGo = (name: string) => writeFileSync(join(directory, `${name}-go`), '');
const countSignals = async (job: { id: string }) => (await box.log(job)).match(/SIGINT \d/g);
/** Its sign is taken away, and no process is left that would set it again. */
const expectReaped = (name: string) => {
  const sign = join(directory, `${name}-daemon`);
  rmSync(sign, { force: true });
  expect(findOwnProcesses(sign).filter(({ command }) => command.includes(sign))).toEqual([]);
  expect(existsSync(sign)).toBe(false);
};

describe('a job that is to end', () => {
  it('is told by one SIGINT, however often it is stopped, and by however many runner processes', async () => {
    const first = await box.spawnRunner();
    const { pipeline, job } = await start('stopped');
    const stop = () => box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    await stop();
    await expect.poll(() => countSignals(job), PATIENCE).toEqual(['SIGINT 1']);
    await stop().catch(() => {});
    await first.kill();
    const second = await box.succeed(first);
    await expect.poll(second.output, PATIENCE).toContain('"connected"');
    await stop().catch(() => {});
    letGo('stopped');
    const view = await box.finish(pipeline);
    expect(view.status).toBe('terminated');
    expect(await countSignals(job)).toEqual(['SIGINT 1']);
    expectReaped('stopped');
  });

  it('is told by one SIGINT when it has run for as long as it may', async () => {
    await box.spawnRunner({ maxExecutionMs: 1500 });
    const { pipeline, job } = await start('late');
    await expect.poll(() => countSignals(job), PATIENCE).toEqual(['SIGINT 1']);
    letGo('late');
    const [after] = (await box.finish(pipeline)).jobs;
    expect(after).toMatchObject({ conclusion: 'timedOut' });
    expect(await countSignals(job)).toEqual(['SIGINT 1']);
    expectReaped('late');
  });
});
