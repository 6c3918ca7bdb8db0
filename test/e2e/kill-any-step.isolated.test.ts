import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findDivergences, readLives } from '../helpers/cut-jobs.ts';
import { startBox, writeModule, type Box, type Kind } from '../helpers/signalbox.ts';
import { undated } from '../helpers/undated.ts';

const SLOW = fileURLToPath(new URL('../fixtures/bin/slow-terraform.sh', import.meta.url));
/** From the start of a runner process to its hold on a step that runs (issue 5). */
const READOPTION_MS = 1000;

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-kill-any-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const MODULE = `
resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "last" { input = terraform_data.first.output }
output "last" { value = terraform_data.last.output }
`;
const SCRIPT =
  'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "line $i"; sleep 0.05; done; echo to-stderr >&2';
const toTask = (kind: Kind) => ({
  key: 'job',
  options: kind === 'script' ? { script: SCRIPT } : { action: 'apply' },
});

describe('kill -9 of the runner in a step', () => {
  it.each<{ step: string; kind: Kind }>([
    { step: 'init', kind: 'terraform' },
    { step: 'plan', kind: 'terraform' },
    { step: 'apply', kind: 'terraform' },
    { step: 'script', kind: 'script' },
  ])(
    '$step: it runs on, is adopted within a second of the next process, and log and result are those of an undisturbed job',
    async ({ step, kind }) => {
      const dir = writeModule(join(directory, step, 'shop'), { 'main.tf': MODULE });
      const host = { terraformPath: SLOW, passEnvironment: ['SLOW_*'], name: 'host' };
      const start = async () => box.start(await box.createArchitecture(kind), dir, [[toTask(kind)]]);
      const env = { SLOW_COMMAND: step, SLOW_S: '1' };
      const first = await box.spawnRunner(host, env);
      const pipeline = await start();
      await box.until(pipeline, ({ jobs }) => jobs[0]?.steps.at(-1)?.key === step);
      await first.kill();
      const next = await box.succeed(first, env);
      const [job] = (await box.finish(pipeline)).jobs;
      const [twin] = (await box.finish(await start())).jobs;
      if (!job || !twin) throw new Error('no job');

      expect(job).toMatchObject({ status: 'succeeded', attempt: `${job.id}.1`, outputs: twin.outputs });
      expect(job.steps.map(({ key, conclusion }) => [key, conclusion])).toEqual(
        twin.steps.map(({ key, conclusion }) => [key, conclusion]),
      );
      expect(undated(await box.log(job))).toBe(undated(await box.log(twin)));

      const lives = readLives(next, job.attempt);
      expect(lives).toHaveLength(2);
      expect(findDivergences(lives)).toEqual([]);
      const adopted = lives[1]?.entries.find(
        (entry) => entry.kind === 'event' && entry.event.type === 'process.started',
      );
      expect(adopted).toMatchObject({ event: { adopted: true } });
      const readoptionMs = (adopted?.at ?? Infinity) - (lives[1]?.header.at ?? 0);
      expect(readoptionMs).toBeLessThan(READOPTION_MS);
      // The command was begun once.
      const log = readFileSync(join(next.stateDirectory, 'jobs', job.attempt ?? '', 'trace.ndjson'), 'utf8');
      const starts = log.match(/"type":"process.started"[^}]*"adopted":false/g) ?? [];
      expect(starts).toHaveLength(job.steps.length);
    },
  );
});
