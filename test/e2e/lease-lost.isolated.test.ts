import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/protocol/attempt.ts';
import { readLives } from '../helpers/cut-jobs.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const SLOW = fileURLToPath(new URL('../fixtures/bin/slow-terraform.sh', import.meta.url));

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-lease-'));
  box = await startBox(directory, { timers: { renewMs: 100, tickMs: 50 } });
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The control plane gives an attempt up, and its lock with it. */
const giveUp = async (job: string): Promise<void> => {
  const { db } = box.controlPlane.context.store;
  await db.updateTable('attempt').set({ sealed_at: 1 }).where('job_id', '=', job).execute();
  const free = { lock_job_id: null, lock_fence: null };
  await db.updateTable('architecture').set(free).where('lock_job_id', '=', job).execute();
};

const loseIn = async (step: string) => {
  const runner = await box.spawnRunner(
    { terraformPath: SLOW, passEnvironment: ['SLOW_*'] },
    { SLOW_COMMAND: step, SLOW_S: '1.5' },
  );
  const dir = writeModule(join(directory, step, 'shop'), {
    'main.tf': 'resource "terraform_data" "one" { input = "1" }\n',
  });
  const architecture = await box.createArchitecture('terraform');
  const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
  const view = await box.until(pipeline, ({ jobs }) => jobs[0]?.steps.at(-1)?.key === step);
  const [job] = view.jobs;
  if (!job) throw new Error('no job');
  await giveUp(job.id);
  await expect.poll(async () => (await box.evidence(job, 1)).at(-1)?.kind, { timeout: 15_000 }).toBe('result');
  const offered = (await box.evidence(job, 1)).at(-1)?.body['result'] as Result;
  const events = () => readLives(runner, job.attempt).flatMap(({ entries }) => entries);
  await expect
    .poll(() => events().some((entry) => entry.kind === 'mark' && entry.mark === 'sealed'), { timeout: 10_000 })
    .toBe(true);
  const kinds = (await box.evidence(job, 1)).map(({ kind }) => kind);
  return { offered, kinds, events: events().flatMap((entry) => (entry.kind === 'event' ? [entry] : [])), architecture };
};

describe('a lease that is lost while its job runs', () => {
  it('stops a read step, and starts no other', async () => {
    const { offered, events } = await loseIn('plan');
    expect(offered.conclusion).not.toBe('succeeded');
    expect(events.filter(({ event }) => event.type === 'process.started')).toHaveLength(2);
    expect(events.filter(({ to, event }) => to.includes('step.') && event.type === 'step.interrupt')).toHaveLength(1);
  });

  it('lets an irreversible step finish, and offers its result', async () => {
    const { offered, kinds, events, architecture } = await loseIn('apply');
    // The step did all it had to; only its state was nobody's to write any more.
    expect(offered).toMatchObject({ exitCode: 0, reason: { code: 'STATE_NOT_HELD' } });
    expect(events.filter(({ event }) => event.type === 'step.interrupt')).toEqual([]);
    expect(kinds).toEqual(expect.arrayContaining(['events', 'log', 'state', 'result']));
    // Offered, refused, kept: none of it is what the control plane shows.
    expect(await box.call('GET', `/api/architectures/${architecture.id}/states`)).toEqual([]);
  });
});
