import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobCutter, type CutJob, type Kept } from '../helpers/cut-jobs.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';
import { isThorough } from '../helpers/thorough.ts';
import { undated } from '../helpers/undated.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-cuts-apply-'));
  box = await startBox(directory);
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

// Each resource leaves one letter in the world when it is made.
const toModule = (effects: string) => `
resource "terraform_data" "first" {
  input = "1"
  provisioner "local-exec" { command = "printf a >>${effects}" }
}
resource "terraform_data" "second" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "sleep 0.2; printf b >>${effects}; echo made" }
}
output "second" { value = terraform_data.second.output }
`;

describe('kill -9 of the runner between two records of the journal of an apply', () => {
  it('makes each resource once, and gives one log, one state and one result', { timeout: 120_000 }, async () => {
    const run = async (kept: Kept, records: number) => {
      const cutter = await createJobCutter(box, kept, records);
      const name = `${kept}-${records}`;
      const effects = join(directory, `effects-${name}`);
      const architecture = await box.createArchitecture('terraform');
      const dir = writeModule(join(directory, name, 'shop'), { 'main.tf': toModule(effects) });
      const task = { key: 'apply', options: { action: 'apply' } };
      const cut = await cutter.run(records, 1e6, () => box.start(architecture, dir, [[task]]));
      const reply = await box.callRaw('GET', `/api/architectures/${architecture.id}/states/latest`);
      const state = JSON.parse(await reply.text());
      const { lockedBy } = await box.call<{ lockedBy: unknown }>('GET', `/api/architectures/${architecture.id}`);
      await box.closeRunners();
      return { cut, story: toStory(cut, readFileSync(effects, 'utf8'), state, lockedBy) };
    };
    const toStory = (
      { job, log, divergences }: CutJob,
      effects: string,
      state: { resources: { name: string }[] },
      lockedBy: unknown,
    ) => ({
      effects,
      log: undated(log)
        .replaceAll(/effects-[\w-]+/g, 'EFFECTS')
        .replace(/runner-\d+/, 'RUNNER'),
      status: job.status,
      outputs: job.outputs,
      summary: job.summary,
      steps: job.steps.map(({ key, conclusion, exitCode }) => ({ key, conclusion, exitCode })),
      resources: state.resources.map(({ name }) => name),
      lockedBy,
      divergences,
    });

    const twin = await run('all', 1e6);
    expect(twin.story).toMatchObject({
      effects: 'ab',
      status: 'succeeded',
      resources: ['first', 'second'],
      lockedBy: null,
    });
    const total = twin.cut.lives.flatMap(({ entries }) => entries).length + 1;
    const cuts: [number, Kept][] = [
      [0.2, 'waited'],
      [0.5, 'torn'],
      [0.65, 'waited'],
      [0.75, 'all'],
      [0.85, 'waited'],
    ];
    for (const [share, kept] of isThorough ? cuts : cuts.slice(0, 3)) {
      const { cut, story } = await run(kept, Math.round(total * share));
      expect(cut.isCut).toBe(true);
      expect(story, `cut after ${cut.records} of ${total} records, ${kept} on the disk`).toEqual(twin.story);
    }
  });
});
