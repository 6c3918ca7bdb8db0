import { expect, it } from 'vitest';
import { permit } from '../../../src/server/attempts/permit.ts';
import { renew } from '../../../src/server/attempts/renew.ts';
import { keepTime } from '../../../src/server/runners/keep-time.ts';
import { tick } from '../../../src/server/served.ts';
import { sweep } from '../../../src/server/runners/sweep.ts';
import { describeScenes, type Play } from './on-stores.ts';
import { task } from './scene.ts';

/** Lets the door serve for so long. */
const serve = async (scene: Play, ms: number): Promise<void> => {
  const { tickMs } = scene.context.timers;
  for (let served = 0; served < ms; served += tickMs) {
    scene.pass(tickMs);
    await tick(scene.context);
  }
  await sweep(scene.context);
};
const readServed = async ({ context }: Play): Promise<number> =>
  (await context.store.db.selectFrom('served').select('ms').executeTakeFirstOrThrow()).ms;

describeScenes('served time', (play) => {
  it('passes by one tick at most, whatever the wall clock does', async () => {
    const scene = await play();
    const { tickMs } = scene.context.timers;
    await tick(scene.context);
    const before = await readServed(scene);
    expect(await tick(scene.context)).toBe(false);
    scene.pass(tickMs - 1);
    expect(await tick(scene.context)).toBe(false);
    scene.pass(24 * 3600_000);
    expect(await tick(scene.context)).toBe(true);
    expect(await readServed(scene)).toBe(before + tickMs);
    scene.pass(-3600_000);
    expect(await tick(scene.context)).toBe(true);
    expect(await readServed(scene)).toBe(before + tickMs);
  });

  it('is not doubled by replicas', async () => {
    const scene = await play();
    const { tickMs } = scene.context.timers;
    await tick(scene.context);
    const before = await readServed(scene);
    scene.pass(tickMs);
    const ticked = await Promise.all([1, 2, 3, 4].map(() => tick(scene.context)));
    expect(ticked.filter(Boolean)).toHaveLength(1);
    expect(await readServed(scene)).toBe(before + tickMs);
  });

  it('takes back an offer that is not claimed in time, and the pipeline never hears of it', async () => {
    const scene = await play();
    const [slow, other] = [await scene.createSession(), await scene.createSession()];
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const { version } = await scene.view(pipeline);
    const attempts = await scene.offers(slow);
    await serve(scene, scene.context.timers.offerMs + scene.context.timers.tickMs);
    expect(await scene.offers(other)).toEqual(attempts);
    await expect(scene.take(slow, attempts[0] ?? '')).rejects.toMatchObject({ code: 'OFFER_TAKEN' });
    expect((await scene.view(pipeline)).version).toBe(version);
  });

  it('expires nothing during an outage', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan'), task('b', 'plan')]]);
    const lease = await scene.work(runner);
    const [, offered = ''] = [lease.attempt, ...(await scene.offers(runner, { free: 1 }))];
    scene.pass(7 * 24 * 3600_000);
    await tick(scene.context);
    await sweep(scene.context);
    expect(await renew(scene.context, { ...lease, phase: 'running', progress: null })).toMatchObject({
      desired: 'run',
    });
    expect((await scene.take(runner, offered)).fence).toBe(lease.fence + 1);
  });

  it('queues a read job again whose runner is lost, as a new attempt, and fences the old one', async () => {
    const scene = await play();
    const [lostRunner, other] = [await scene.createSession(), await scene.createSession()];
    await scene.run([[task('a', 'plan')]]);
    const lost = await scene.work(lostRunner);
    const { leaseMs, lostMs, tickMs } = scene.context.timers;
    await serve(scene, leaseMs + lostMs.read - 2 * tickMs);
    expect(await scene.offers(other)).toEqual([]);
    await serve(scene, 3 * tickMs);
    const again = await scene.work(other);
    expect(again.attempt).toBe(lost.attempt.replace(/1$/, '2'));
    const late = renew(scene.context, { ...lost, phase: 'running', progress: null });
    await expect(late).rejects.toMatchObject({ code: 'FENCED', details: { current: again.fence } });
  });

  it('never takes away a job that renews', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    scene.pass(1);
    await scene.run([[task('b', 'plan')]]);
    const [applying, planning] = [await scene.work(runner), await scene.work(runner)];
    for (let round = 0; round < 30; round += 1) {
      await serve(scene, scene.context.timers.leaseMs);
      for (const lease of [applying, planning])
        await renew(scene.context, { ...lease, phase: 'running', progress: null });
    }
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running', jobs: [{ attempt: applying.attempt }] });
    expect(await scene.offers(await scene.createSession())).toEqual([]);
  });

  it('queues a changing job again that was permitted nothing yet, and frees its architecture', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lost = await scene.work(await scene.createSession());
    const { leaseMs, lostMs, tickMs } = scene.context.timers;
    await serve(scene, leaseMs + lostMs.idempotent - 2 * tickMs);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running' });
    await serve(scene, 3 * tickMs);
    const again = await scene.work(await scene.createSession());
    expect(again).toMatchObject({ attempt: lost.attempt.replace(/1$/, '2'), fence: lost.fence + 1 });
    const late = permit(scene.context, { ...lost, step: 'apply' });
    await expect(late).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('declares a job that was permitted something irreversible, never repeats it, and blocks its architecture', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lost = await scene.work(await scene.createSession());
    await permit(scene.context, { ...lost, step: 'apply' });
    const { leaseMs, lostMs, tickMs } = scene.context.timers;
    await serve(scene, leaseMs + lostMs.irreversible - 2 * tickMs);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running' });
    await serve(scene, 3 * tickMs);
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'error',
      reason: { code: 'RUNNER_LOST' },
      jobs: [{ conclusion: 'needsReconciliation', reconciliation: { open: true, resolution: null } }],
    });
    expect(await scene.offers(await scene.createSession())).toEqual([]);
    const late = renew(scene.context, { ...lost, phase: 'running', progress: null });
    await expect(late).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('gives up a job that has lost five runners', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await scene.work(await scene.createSession());
      await serve(scene, scene.context.timers.leaseMs + scene.context.timers.lostMs.read + scene.context.timers.tickMs);
    }
    expect(await scene.view(pipeline)).toMatchObject({ status: 'failed', reason: { code: 'LEASE_LOST' } });
  });

  it('is kept while the door serves, and until it stops', async () => {
    const scene = await play();
    const before = await readServed(scene);
    scene.pass(3600_000);
    const served = await new Promise<number>((resolve, reject) => {
      const wait = async (): Promise<void> => {
        const keeper = keepTime({ ...scene.context, clock: { ...scene.context.clock, wait: async () => look() } });
        const look = async (): Promise<void> => {
          resolve(await readServed(scene));
          void keeper.stop();
        };
      };
      wait().catch(reject);
    });
    expect(served).toBe(before + scene.context.timers.tickMs);
  });
});
