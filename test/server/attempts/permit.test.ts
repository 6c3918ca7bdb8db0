import { expect, it } from 'vitest';
import { permit } from '../../../src/server/attempts/permit.ts';
import { renew } from '../../../src/server/attempts/renew.ts';
import { stopPipeline } from '../../../src/server/pipelines/stop-pipeline.ts';
import { describeScenes } from '../runners/on-stores.ts';
import { task } from '../runners/scene.ts';

describeScenes('permit', (play) => {
  it('is given to the job that holds its architecture, for a few seconds', async () => {
    const scene = await play();
    await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(await scene.createSession());
    const reply = await permit(scene.context, { ...lease, step: 'apply' });
    expect(reply).toEqual({ permitted: true, validMs: 5000, desired: 'run', reason: null });
  });

  it('is refused under another fence, after a stop, and to a revoked runner', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(await scene.createSession());
    await expect(permit(scene.context, { ...lease, fence: 0, step: 'apply' })).rejects.toMatchObject({
      code: 'FENCED',
    });
    const runners = scene.context.store.db.updateTable('runner').where('org_id', '=', scene.organisation);
    await runners.set({ revoked_at: 5 }).execute();
    const problem = 'The step apply was not permitted: the runner token was revoked.';
    expect(await permit(scene.context, { ...lease, step: 'apply' })).toMatchObject({
      permitted: false,
      reason: { message: problem },
    });
    await runners.set({ revoked_at: null }).execute();
    await stopPipeline(scene.context, {
      organisation: scene.organisation,
      pipeline,
      reason: 'enough',
      actor: 'operator',
    });
    expect(await permit(scene.context, { ...lease, step: 'apply' })).toMatchObject({
      permitted: false,
      desired: 'cancel',
    });
    expect(await renew(scene.context, { ...lease, phase: 'running', progress: null })).toMatchObject({
      desired: 'cancel',
    });
  });

  it('tells the pipeline of a renewal only where something is new', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(await scene.createSession());
    const told = { ...lease, phase: 'running', progress: { done: 1, total: null, noun: 'resources' } } as const;
    await renew(scene.context, told);
    const { version, jobs } = await scene.view(pipeline);
    expect(jobs[0]).toMatchObject({ phase: 'running', progress: told.progress });
    await renew(scene.context, told);
    expect((await scene.view(pipeline)).version).toBe(version);
  });
});
