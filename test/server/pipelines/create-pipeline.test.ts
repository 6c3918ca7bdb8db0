import { expect, it } from 'vitest';
import { PipelineView } from '../../../src/protocol/rest.ts';
import { createPipeline } from '../../../src/server/pipelines/create-pipeline.ts';
import { listPipelines } from '../../../src/server/pipelines/pipeline-view.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { listRunners } from '../../../src/server/operator/runner-view.ts';
import { describeScenes } from '../runners/on-stores.ts';
import { task, toResult } from '../runners/scene.ts';

describeScenes('pipelines', (play) => {
  it('are numbered per architecture, listed newest first, and shown as the protocol says', async () => {
    const scene = await play();
    const first = await scene.run([[task('a', 'plan')]]);
    scene.pass(1);
    const second = await scene.run([[task('a', 'plan')], [task('b', 'apply')]]);
    const other = await scene.run([[task('a', 'plan')]], { architecture: await scene.createArchitecture() });
    expect(PipelineView.parse(await scene.view(second))).toMatchObject({ number: 2, status: 'pending' });
    expect(await scene.view(other)).toMatchObject({ number: 1 });
    const listed = await listPipelines(scene.context, scene.organisation, {
      limit: 5,
      architecture: scene.architecture,
    });
    expect(listed.pipelines.map(({ id }) => id)).toEqual([second, first]);
    expect(listed.pipelines[0]?.jobs).toMatchObject([
      { title: 'a', stage: 0 },
      { title: 'b', stage: 1 },
    ]);
  });

  it('are made once under one idempotency key, even at once', async () => {
    const scene = await play();
    const ask = () => scene.run([[task('a', 'plan')]], { idempotencyKey: scene.organisation });
    const made = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(made).size).toBe(1);
    expect(new Set([...made, await ask()]).size).toBe(1);
  });

  it('are refused without their workflow or their source', async () => {
    const scene = await play();
    const { context, organisation, source } = scene;
    const workflow = 'wfl_0000000000000000';
    await expect(createPipeline(context, organisation, { workflow, source })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const { store, ids } = context;
    const id = ids.create('wfl');
    const row = { id, org_id: organisation, architecture_id: scene.architecture, name: id, created_at: 1 };
    await store.db
      .insertInto('workflow')
      .values({ ...row, stages: '[]' as never })
      .execute();
    const unknown = { ...source, sha256: '0'.repeat(64) };
    await expect(createPipeline(context, organisation, { workflow: id, source: unknown })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { thing: 'source bundle' },
    });
  });

  it('are refused where the options of a task make no sense', async () => {
    const scene = await play();
    const bad = { ...task('a', 'plan'), options: { action: 'paint' } };
    await expect(scene.run([[bad]])).rejects.toMatchObject({ code: 'TASK_OPTIONS' });
  });

  it('say in words what each job waits for', async () => {
    const scene = await play();
    const waits = async (id: string) => (await scene.view(id)).jobs.map(({ waitsFor }) => waitsFor);
    const id = await scene.run([
      [task('a', 'apply')],
      [task('b', 'plan', { requireApproval: true })],
      [task('c', 'plan')],
    ]);
    expect(await waits(id)).toEqual(['No runner is online.', 'Waits for a.', 'Waits for b.']);
    const runner = await scene.createSession();
    expect((await waits(id))[0]).toBe('Waits for a free slot of a runner.');
    const lease = await scene.work(runner);
    scene.pass(1);
    const blocked = await scene.run([[task('d', 'apply')]]);
    expect(await waits(id)).toEqual([null, 'Waits for a.', 'Waits for b.']);
    expect(await waits(blocked)).toEqual([`The architecture is held by ${lease.attempt.replace(/\.1$/, '')}.`]);
    await putResult(scene.context, { ...lease, result: toResult(lease) });
    expect(await waits(id)).toEqual([null, 'Waits for approval.', 'Waits for b.']);
    expect(await scene.view(id)).toMatchObject({ status: 'manual' });
  });

  it('say why no runner takes a job, where each that is online has a reason', async () => {
    const scene = await play();
    const [full, well] = [await scene.createSession(), await scene.createSession()];
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const waits = async () => (await scene.view(pipeline)).jobs[0]?.waitsFor;
    const problem = { code: 'DISK_FULL', message: 'The disk that holds /var/lib is full.' };
    const seen = async () => (await listRunners(scene.context, scene.organisation)).map((runner) => runner.problem);
    await scene.look(full, { free: 0, problem });
    expect(await waits()).toBe('Waits for a free slot of a runner.');
    expect(await seen()).toEqual(expect.arrayContaining([problem, null]));
    await scene.look(well, { free: 0, problem });
    expect(await waits()).toBe(
      'No runner takes jobs. a runner: The disk that holds /var/lib is full. a runner: The disk that holds /var/lib is full.',
    );
    await scene.look(full, { free: 0 });
    expect(await waits()).toBe('Waits for a free slot of a runner.');
  });

  it('are not found by another organisation', async () => {
    const [mine, theirs] = [await play(), await play()];
    const id = await mine.run([[task('a', 'plan')]]);
    await expect(theirs.view(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await listPipelines(theirs.context, theirs.organisation, { limit: 9, architecture: null })).toEqual({
      pipelines: [],
    });
  });
});
