import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createJobCutter, type CutJob, type Kept } from '../helpers/cut-jobs.ts';
import { isThorough } from '../helpers/thorough.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
let source: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-cuts-'));
  source = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Where the job leaves its traces in the world: a line a start. */
const toEffects = (name: string) => join(directory, `effects-${name}`);
const countStarts = (name: string): number => (existsSync(toEffects(name)) ? readFileSync(toEffects(name)).length : 0);
const startJob = async (name: string, effect: string) => {
  const script = `printf x >>${toEffects(name)}; echo one; sleep 0.05; echo two; exit 3`;
  return box.start(await box.createArchitecture('script'), source, [[{ key: 'job', options: { script, effect } }]]);
};
/** Everything that a reader of the job is told of it. */
const toStory = ({ job, log, divergences }: CutJob, name: string) => ({
  log: log.replaceAll(toEffects(name), 'EFFECTS'),
  starts: countStarts(name),
  status: job.status,
  reason: job.reason?.code,
  steps: job.steps.map(({ key, conclusion, exitCode }) => ({ key, conclusion, exitCode })),
  logBytes: job.logBytes - toEffects(name).length,
  divergences,
});

describe('kill -9 of the runner between any two records of its journal', () => {
  it.each<{ kept: Kept; effect: string; from: number; every: number }>([
    { kept: 'all', effect: 'idempotent', from: 0, every: 4 },
    { kept: 'all', effect: 'irreversible', from: 1, every: 4 },
    { kept: 'waited', effect: 'irreversible', from: 3, every: 8 },
    { kept: 'torn', effect: 'idempotent', from: 2, every: 8 },
  ])(
    'changes nothing of an $effect job: one start, one result, the log of a job that nobody disturbed ($kept on disk)',
    { timeout: isThorough ? 600_000 : 150_000 },
    async ({ kept, effect, from, every: sample }) => {
      const every = isThorough ? 1 : sample;
      const cutter = await createJobCutter(box, kept, from);
      const stories = new Map<string, unknown>();
      const name = (records: number) => `${kept}-${effect}-${String(records).padStart(3, '0')}`;
      let cut: CutJob | null = null;
      for (let records = from; cut === null || cut.isCut; records += every) {
        cut = await cutter.run(records, records + every, () => startJob(name(records), effect));
        stories.set(`after ${records} records`, toStory(cut, name(records)));
        // What had no record on the disk is not this host's: it comes back with the session, and goes to the queue again.
        if (records >= 3 && kept !== 'waited') expect(cut.job.attempt, `after ${records}`).toBe(`${cut.job.id}.1`);
      }
      // The last one was not cut: it is the twin of all others.
      const twin = [...stories.values()].at(-1);
      expect(twin).toMatchObject({ starts: 1, status: 'failed', steps: [{ exitCode: 3 }] });
      expect(stories.size).toBeGreaterThan(20 / every);
      expect(Object.fromEntries(stories)).toEqual(Object.fromEntries([...stories.keys()].map((key) => [key, twin])));
    },
  );
});
