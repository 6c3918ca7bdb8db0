import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-outage-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const MODULE = `
resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "echo begin; sleep 2; echo end" }
}
output "done" { value = terraform_data.slow.output }
`;
const apply = [[{ key: 'apply', options: { action: 'apply' } }]];
/** The job's own files say when its tool has ended. */
const hasEnded = (stateDirectory: string, attempt: string): boolean => {
  const steps = join(stateDirectory, 'jobs', attempt, 'steps');
  const last = readdirSync(steps).toSorted().at(-1);
  return last !== undefined && last.startsWith('3.') && readFileSync(join(steps, last, 'exit'), 'utf8').endsWith('\n');
};
const ended = (stateDirectory: string, attempt: string) =>
  expect.poll(() => hasEnded(stateDirectory, attempt), { timeout: 30_000, interval: 20 }).toBe(true);

describe('a control plane that goes away in the middle of an apply', () => {
  it('is never missed by the tool, and has log, state and result after its return', async () => {
    const runner = await box.spawnRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'shop'), { 'main.tf': MODULE });
    const pipeline = await box.start(architecture, dir, apply);
    const [job] = (await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1)).jobs;
    const attempt = job?.attempt ?? '';
    await box.takeDown();
    await ended(runner.stateDirectory, attempt);
    await box.bringBack();
    const view = await box.finish(pipeline);
    expect(view.status).toBe('succeeded');
    expect(view.jobs[0]?.attempt).toBe(attempt);
    expect(view.jobs[0]?.outputs).toEqual({ done: { value: '1', sensitive: false } });
    expect((await box.log({ id: job?.id ?? '' })).match(/Apply complete!/g)).toHaveLength(1);
    // Said once, not per try.
    expect(
      runner
        .output()
        .split('\n')
        .filter((line) => line.includes('cannot be reached')),
    ).toHaveLength(1);
  });

  it('has everything also where the runner was killed and started again meanwhile', async () => {
    const first = await box.spawnRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'shop'), { 'main.tf': MODULE });
    const pipeline = await box.start(architecture, dir, apply);
    const [job] = (await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1)).jobs;
    await box.takeDown();
    await first.kill();
    const { token, stateDirectory, temporaryDirectory, cacheDirectory, hidden } = first.options;
    await box.spawnRunner({ token, stateDirectory, temporaryDirectory, cacheDirectory, hidden });
    await ended(stateDirectory, job?.attempt ?? '');
    await box.bringBack();
    const view = await box.finish(pipeline);
    expect(view.status).toBe('succeeded');
    expect((await box.log({ id: job?.id ?? '' })).match(/Apply complete!/g)).toHaveLength(1);
  });
});
