import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findDivergences, readLives } from '../helpers/cut-jobs.ts';
import { startBox, writeModule, type Box, type RunnerProcess } from '../helpers/signalbox.ts';

const PATIENCE = { timeout: 10_000, interval: 20 };

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-drain-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const go = (name: string): void => writeFileSync(join(directory, `${name}-go`), '');
const start = async (name: string) => {
  const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
  const script = `trap 'echo interrupted' INT TERM; echo began; while [ ! -e ${directory}/${name}-go ]; do sleep 0.02; done; echo ended`;
  const options = { script, effect: 'irreversible' };
  return box.start(await box.createArchitecture('script'), dir, [[{ key: 'job', options }]]);
};
const begun = (pipeline: { id: string }) => box.until(pipeline, ({ jobs }) => (jobs[0]?.steps.length ?? 0) > 0);
const isDraining = async (name: string): Promise<boolean> => {
  const { db } = box.controlPlane.context.store;
  const sessions = db.selectFrom('session').innerJoin('runner', 'runner.id', 'session.runner_id');
  const rows = await sessions.where('runner.name', '=', name).select('session.draining').execute();
  return rows.every(({ draining }) => draining);
};
const ended = (runner: RunnerProcess) =>
  expect.poll(() => runner.process.exitCode ?? runner.process.signalCode, PATIENCE).not.toBeNull();

describe('SIGTERM to a runner', () => {
  it("drains it: what runs ends and is delivered, and what comes meanwhile is another runner's", async () => {
    const first = await box.spawnRunner({ name: 'first', stopGraceMs: 60_000 });
    const running = await start('running');
    await begun(running);
    first.process.kill('SIGTERM');
    await expect.poll(() => isDraining('first'), PATIENCE).toBe(true);
    const later = await start('later');
    await box.spawnRunner({ name: 'second' });
    go('later');
    expect((await box.finish(later)).jobs[0]).toMatchObject({ status: 'succeeded', runner: { name: 'second' } });
    expect(first.process.exitCode).toBeNull();
    go('running');
    const [job] = (await box.finish(running)).jobs;
    expect(job).toMatchObject({ status: 'succeeded', attempt: `${job?.id}.1`, runner: { name: 'first' } });
    await ended(first);
    expect(first.process.exitCode).toBe(0);
  });

  it("kills no job, however often it comes: what still runs after the grace is the next process's", async () => {
    const first = await box.spawnRunner({ stopGraceMs: 400 });
    const pipeline = await start('stays');
    await begun(pipeline);
    for (let count = 0; count < 3; count += 1) first.process.kill('SIGTERM');
    await ended(first);
    expect(first.process.exitCode).toBe(0);
    const second = await box.succeed(first);
    go('stays');
    const [job] = (await box.finish(pipeline)).jobs;
    expect(job).toMatchObject({ status: 'succeeded', attempt: `${job?.id}.1` });
    const log = await box.log(job ?? { id: '' });
    expect(log).toMatch(/\nbegan\nended\n/);
    const lives = readLives(second, job?.attempt ?? null);
    expect(lives).toHaveLength(2);
    expect(findDivergences(lives)).toEqual([]);
  });
});
