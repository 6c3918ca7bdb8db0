import { expect, it } from 'vitest';
import { renew } from '../../../src/server/attempts/renew.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { claim } from '../../../src/server/runners/claim.ts';
import { decline } from '../../../src/server/runners/decline.ts';
import { describeScenes } from './on-stores.ts';
import { task, toResult } from './scene.ts';

describeScenes('claim', (play) => {
  it('gives a job to one runner only', async () => {
    const scene = await play();
    const [holder, other] = [await scene.createSession(), await scene.createSession()];
    await scene.run([[task('a', 'plan')]]);
    const [attempt = ''] = await scene.offers(holder);
    const claims = await Promise.allSettled([scene.take(holder, attempt), scene.take(other, attempt)]);
    expect(claims).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'OFFER_TAKEN' } }]);
  });

  it('answers a repetition with the same fence and a token that works', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan')]]);
    const [attempt = ''] = await scene.offers(runner);
    const lost = await scene.take(runner, attempt);
    const again = await scene.take(runner, attempt);
    expect(again.fence).toBe(lost.fence);
    const request = { phase: 'running', progress: null } as const;
    expect(await renew(scene.context, { ...again, ...request })).toMatchObject({ desired: 'run' });
    await expect(renew(scene.context, { ...lost, ...request })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('raises the fence with every claim of an architecture', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan'), task('b', 'plan')]]);
    const attempts = await scene.offers(runner);
    const leases = await Promise.all(attempts.map((attempt) => scene.take(runner, attempt)));
    expect(leases.map(({ fence }) => fence).toSorted()).toEqual([1, 2]);
  });

  it('carries everything a job needs, and its secrets by name only in the specification', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const [attempt = ''] = await scene.offers(runner);
    const { spec, secrets } = await claim(scene.context, { ...runner, attempt });
    expect(spec).toMatchObject({
      pipeline,
      attempt,
      effect: 'irreversible',
      source: scene.source,
      state: null,
      plan: null,
    });
    expect(secrets).toEqual([{ name: 'password', as: 'variable', value: 'hunter2' }]);
    expect(JSON.stringify(spec)).not.toContain('hunter2');
  });

  it('moves the pipeline, and nothing of it before', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const [attempt = ''] = await scene.offers(runner);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'pending', startedAt: null, jobs: [{ attempt: null }] });
    await scene.take(runner, attempt);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running', jobs: [{ attempt, status: 'running' }] });
  });

  it('lets one mutating job of an architecture run, and the next when it is over', async () => {
    const scene = await play();
    const [runner, other] = [await scene.createSession(), await scene.createSession()];
    await scene.run([[task('a', 'apply')]]);
    await scene.run([[task('b', 'apply')]]);
    const lease = await scene.work(runner);
    expect(await scene.offers(other)).toEqual([]);
    const held = scene.offers(other, { waitMs: 20_000 });
    await putResult(scene.context, { ...lease, result: toResult(lease) });
    const [next = ''] = await held;
    expect((await scene.take(other, next)).fence).toBe(lease.fence + 1);
  });

  it('withdraws an offer whose architecture somebody else took meanwhile, and queues the job again', async () => {
    const scene = await play();
    const { store } = scene.context;
    const runner = await scene.createSession();
    await scene.run([[task('a', 'apply')]]);
    const [attempt = ''] = await scene.offers(runner);
    const lock = { lock_job_id: 'job_0000000000000000', lock_fence: 9 };
    await store.db.updateTable('architecture').set(lock).where('id', '=', scene.architecture).execute();
    await expect(scene.take(runner, attempt)).rejects.toMatchObject({ code: 'OFFER_WITHDRAWN' });
    const free = { lock_job_id: null, lock_fence: null };
    await store.db.updateTable('architecture').set(free).where('id', '=', scene.architecture).execute();
    expect(await scene.offers(await scene.createSession())).toEqual([attempt]);
  });

  it('refuses an offer that was declined, and does not make it to the same session again at once', async () => {
    const scene = await play();
    const [runner, other] = [await scene.createSession(), await scene.createSession()];
    await scene.run([[task('a', 'plan')]]);
    const [attempt = ''] = await scene.offers(runner);
    expect(await decline(scene.context, { ...runner, attempt, reason: 'policy' })).toEqual({ withdrawn: true });
    expect(await decline(scene.context, { ...runner, attempt, reason: 'policy' })).toEqual({ withdrawn: false });
    await expect(scene.take(runner, attempt)).rejects.toMatchObject({ code: 'OFFER_WITHDRAWN' });
    expect(await scene.offers(runner)).toEqual([]);
    expect(await scene.offers(other)).toEqual([attempt]);
  });
});
