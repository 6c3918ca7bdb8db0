import { expect, it } from 'vitest';
import { appendLog } from '../../../src/server/attempts/append-log.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { stopPipeline } from '../../../src/server/pipelines/stop-pipeline.ts';
import { describeScenes, type Play } from '../runners/on-stores.ts';
import { task, toResult } from '../runners/scene.ts';

const stop = (scene: Play, pipeline: string, force = false) =>
  stopPipeline(scene.context, {
    organisation: scene.organisation,
    pipeline,
    reason: 'enough',
    actor: 'operator',
    force,
  });

describeScenes('stopPipeline', (play) => {
  it('ends what no runner has claimed, and withdraws what was offered', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'plan')], [task('b', 'plan')]]);
    const [attempt = ''] = await scene.offers(runner);
    await stop(scene, pipeline);
    const over = { status: 'terminated', conclusion: 'cancelled' };
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'terminated',
      reason: { code: 'PIPELINE_STOPPED' },
      jobs: [over, over],
    });
    await expect(scene.take(runner, attempt)).rejects.toMatchObject({ code: 'OFFER_WITHDRAWN' });
    expect(await scene.offers(runner)).toEqual([]);
  });

  it('lets a cancelled job still log and report, and starts nothing after it', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')], [task('b', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    await stop(scene, pipeline);
    const { desired } = await appendLog(scene.context, { ...lease, from: 0, bytes: new Uint8Array() });
    expect(desired).toBe('cancel');
    await putResult(scene.context, { ...lease, result: toResult(lease) });
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'terminated',
      jobs: [{ conclusion: 'succeeded' }, { conclusion: 'cancelled' }],
    });
  });

  it('kills what runs where it is forced, also what was asked to end before, and the audit says so', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'apply')], [task('b', 'plan')]]);
    const lease = await scene.work(runner);
    await stop(scene, pipeline);
    const { cursor, commands } = await scene.look(runner);
    expect(commands.at(-1)).toEqual({ type: 'cancel', attempt: lease.attempt, desired: 'cancel' });
    await stop(scene, pipeline, true);
    const forced = { type: 'cancel', attempt: lease.attempt, desired: 'kill' };
    expect((await scene.look(runner, { ack: cursor })).commands).toEqual([forced]);
    const { desired } = await appendLog(scene.context, { ...lease, from: 0, bytes: new Uint8Array() });
    expect(desired).toBe('kill');
    await stop(scene, pipeline);
    expect((await appendLog(scene.context, { ...lease, from: 0, bytes: new Uint8Array() })).desired).toBe('kill');
    const rows = await scene.context.store.db
      .selectFrom('audit')
      .select('action')
      .where('subject', '=', pipeline)
      .execute();
    expect(rows.filter(({ action }) => action === 'pipeline.force')).toHaveLength(1);
  });

  it('never queues a stopped job again', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    const session = await scene.open(token);
    const pipeline = await scene.run([[task('a', 'plan')]]);
    await scene.work(session);
    await stop(scene, pipeline);
    const next = await scene.open(token);
    expect(await scene.offers(next)).toEqual([]);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'terminated', jobs: [{ conclusion: 'cancelled' }] });
  });

  it('changes nothing about a pipeline that is over, nor about one of another organisation', async () => {
    const [scene, other] = [await play(), await play()];
    const pipeline = await scene.run([[task('a', 'plan')]]);
    await expect(stop(other, pipeline)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const lease = await scene.work(await scene.createSession());
    await putResult(scene.context, { ...lease, result: toResult(lease) });
    await stop(scene, pipeline);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'succeeded', reason: null });
  });
});
