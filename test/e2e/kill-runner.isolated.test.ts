import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrace } from '../../src/trace/read.ts';
import { replayLife } from '../../src/trace/replay.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const SLOW = `
resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "echo begin; sleep 3; echo end" }
}
resource "terraform_data" "last" { input = terraform_data.slow.output }
output "last" { value = terraform_data.last.output }
`;

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-kill-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9 of the runner in the middle of an apply', () => {
  it('loses nothing: the apply runs on, the next process adopts it, and log, state and result arrive once', async () => {
    const first = await box.spawnRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'shop'), { 'main.tf': SLOW });
    const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
    const [job] = (await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1)).jobs;
    await first.kill();

    const { token, stateDirectory, temporaryDirectory, cacheDirectory, hidden } = first.options;
    await box.spawnRunner({ token, stateDirectory, temporaryDirectory, cacheDirectory, hidden });
    const after = await box.finish(pipeline);
    expect(after.status).toBe('succeeded');
    expect(after.jobs[0]?.attempt).toBe(`${job?.id}.1`);
    expect(after.jobs[0]?.outputs).toEqual({ last: { value: 'one', sensitive: false } });

    const log = await box.log(after.jobs[0] ?? { id: '' });
    expect(log.match(/\(local-exec\):\S* begin$/gm)).toHaveLength(1);
    expect(log.match(/Apply complete!/g)).toHaveLength(1);
    expect(log).toContain('Job succeeded.');
    const states = await box.call<{ serial: number }[]>('GET', `/api/architectures/${architecture.id}/states`);
    expect(states.length).toBeGreaterThan(0);

    const trace = join(stateDirectory, 'jobs', `${job?.id}.1`, 'trace.ndjson');
    const lives = readTrace(readFileSync(trace, 'utf8'), trace);
    expect(lives).toHaveLength(2);
    for (const life of lives) expect(replayLife(life).divergence).toBeNull();
  });
});
