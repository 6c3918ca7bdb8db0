import { expect, it } from 'vitest';
import type { ResolveAs } from '../../../src/protocol/rest.ts';
import { permit } from '../../../src/server/attempts/permit.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { claim } from '../../../src/server/runners/claim.ts';
import { stopPipeline } from '../../../src/server/pipelines/stop-pipeline.ts';
import { resolvePipeline } from '../../../src/server/reconcile/resolve-pipeline.ts';
import { acceptState } from '../../../src/server/state/accept-state.ts';
import { describeScenes, type Play } from '../runners/on-stores.ts';
import { task, toResult } from '../runners/scene.ts';
import { lose, serve, toSimState, work } from './lose.ts';

const resolve = (
  { context, organisation }: Play,
  pipeline: string,
  as: ResolveAs,
  more: { reason?: string; evidence?: string } = {},
) =>
  resolvePipeline(
    context,
    { organisation, actor: 'operator' },
    { pipeline, as, reason: more.reason ?? '', evidence: more.evidence ?? null },
  );
const newest = async ({ context, architecture }: Play) =>
  (
    await context.store.db
      .selectFrom('state_version')
      .selectAll()
      .where('architecture_id', '=', architecture)
      .orderBy('serial', 'desc')
      .execute()
  )[0];
const lock = ({ context, architecture }: Play) =>
  context.store.db
    .selectFrom('architecture')
    .select(['blocked', 'blocked_job', 'reconciler', 'lock_job_id', 'lock_fence'])
    .where('id', '=', architecture)
    .executeTakeFirstOrThrow();
const FREE = { blocked: null, blocked_job: null, reconciler: null, lock_job_id: null, lock_fence: null };
const audit = ({ context, organisation }: Play) =>
  context.store.db
    .selectFrom('audit')
    .select(['actor', 'subject', 'body'])
    .where('org_id', '=', organisation)
    .where('action', '=', 'pipeline.resolve')
    .execute();
const waits = async (scene: Play, pipeline: string) => (await scene.view(pipeline)).jobs[0]?.waitsFor;

describeScenes('resolvePipeline', (play) => {
  it('as accept frees the architecture: what waited for it runs, and the audit tells who settled it', async () => {
    const scene = await play();
    const { pipeline, job } = await lose(scene);
    const next = await scene.run([[task('next', 'apply')]]);
    const runner = await scene.createSession();
    expect(await waits(scene, next)).toContain('Pipeline 1 needs reconciliation: The runner a runner has not been');
    const held = scene.offers(runner, { waitMs: 20_000 });
    await resolve(scene, pipeline, 'accept', { reason: 'looked at it' });
    expect(await held).toHaveLength(1);
    expect(await lock(scene)).toEqual(FREE);
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toMatchObject({
      open: false,
      resolution: { as: 'accept', reason: 'looked at it', by: 'operator', pipeline: null },
    });
    expect(await audit(scene)).toMatchObject([
      { actor: 'operator', subject: pipeline, body: { as: 'accept', reason: 'looked at it', job } },
    ]);
  });

  it('lets jobs that only read go on while the architecture is blocked', async () => {
    const scene = await play();
    await lose(scene);
    await scene.run([[task('change', 'apply'), task('look', 'plan')]]);
    const [offered] = await scene.offers(await scene.createSession());
    expect(await scene.offers(await scene.createSession())).toEqual([]);
    expect(offered).toMatch(/^job_/);
  });

  it('as discard needs a reason', async () => {
    const scene = await play();
    const { pipeline } = await lose(scene);
    await expect(resolve(scene, pipeline, 'discard', { reason: ' ' })).rejects.toMatchObject({
      code: 'RESOLUTION_REFUSED',
      details: { problem: '`discard` needs a reason' },
    });
    expect((await lock(scene)).blocked).not.toBeNull();
    await resolve(scene, pipeline, 'discard', { reason: 'a test account' });
    expect(await lock(scene)).toEqual(FREE);
  });

  it('as push makes a captured state the newest version, where it fits', async () => {
    const scene = await play();
    const { pipeline, lease } = await lose(scene);
    const refused = (problem: string | RegExp) => ({
      code: 'RESOLUTION_REFUSED',
      details: { problem: expect.stringMatching(problem) },
    });
    await expect(resolve(scene, pipeline, 'push')).rejects.toMatchObject(refused('no state was captured'));
    for (const state of [toSimState(3, { a: 'a-1' }), toSimState(4, { a: 'a-1', b: 'b-1' }), toSimState(1, {})])
      await putState(scene.context, { ...lease, ...state }).catch(() => null);
    await putState(scene.context, { ...lease, ...toSimState(9, {}, 'two') }).catch(() => null);
    await expect(resolve(scene, pipeline, 'push')).rejects.toMatchObject(
      refused('the captured state has lineage two, and the newest one one'),
    );
    const kept = await scene.context.store.db.selectFrom('evidence').selectAll().where('kind', '=', 'state').execute();
    const idOf = (serial: number) =>
      kept.find(({ body, org_id }) => org_id === scene.organisation && Object(body).serial === serial)?.id ?? '';
    await expect(resolve(scene, pipeline, 'push', { evidence: idOf(1) })).rejects.toMatchObject(
      refused('the captured state has serial 1, and the newest one is at 2 already'),
    );
    await expect(resolve(scene, pipeline, 'push', { evidence: 'evd_nothing' })).rejects.toMatchObject(
      refused('no captured state is evd_nothing'),
    );
    await resolve(scene, pipeline, 'push', { evidence: idOf(4) });
    expect(await newest(scene)).toMatchObject({ serial: 4, job_id: lease.attempt.replace(/\.1$/, '') });
    expect(await lock(scene)).toEqual(FREE);
    expect(await audit(scene)).toMatchObject([{ body: { as: 'push', evidence: idOf(4), serial: 4 } }]);
  });

  it('is what a push of a state by hand does, too', async () => {
    const scene = await play();
    const { pipeline } = await lose(scene);
    const state = toSimState(7, { a: 'a-1', b: 'b-1' });
    await acceptState(scene.context, { ...scene, ...state, attempt: null, actor: 'browser' });
    expect(await lock(scene)).toEqual(FREE);
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toMatchObject({
      open: false,
      resolution: { as: 'push', by: 'browser', reason: 'The state with serial 7 was pushed by hand.' },
    });
    expect(await audit(scene)).toMatchObject([
      { actor: 'browser', subject: pipeline, body: { as: 'push', serial: 7 } },
    ]);
    await expect(resolve(scene, pipeline, 'accept')).rejects.toMatchObject({
      code: 'NOTHING_TO_RESOLVE',
      details: { problem: 'browser has settled it already (push)' },
    });
  });

  it('happens once, of two at once', async () => {
    const scene = await play();
    const { pipeline } = await lose(scene);
    const both = await Promise.allSettled([
      resolve(scene, pipeline, 'accept'),
      resolve(scene, pipeline, 'discard', { reason: 'no' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await audit(scene)).toHaveLength(1);
  });

  it('declares at once what a silent runner holds, and leaves alone what one that is heard does', async () => {
    const scene = await play();
    const { pipeline } = await work(scene);
    await expect(resolve(scene, pipeline, 'accept')).rejects.toMatchObject({
      code: 'NOTHING_TO_RESOLVE',
      details: { problem: 'a runner is at work on it, and is heard' },
    });
    await serve(scene, scene.context.timers.leaseMs + scene.context.timers.tickMs);
    await resolve(scene, pipeline, 'accept');
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'error',
      jobs: [{ reason: { code: 'RUNNER_LOST' }, reconciliation: { open: false, resolution: { as: 'accept' } } }],
    });
    expect(await lock(scene)).toEqual(FREE);
  });

  it('leaves nothing behind where it is refused, not even the declaration', async () => {
    const scene = await play();
    const { pipeline } = await work(scene);
    await serve(scene, scene.context.timers.leaseMs + scene.context.timers.tickMs);
    await expect(resolve(scene, pipeline, 'push')).rejects.toMatchObject({ code: 'RESOLUTION_REFUSED' });
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running' });
  });

  it('finds nothing to do in a pipeline that came to a known end, nor in one of another organisation', async () => {
    const [scene, other] = [await play(), await play()];
    const pipeline = await scene.run([[task('a', 'plan')]]);
    await expect(resolve(scene, pipeline, 'accept')).rejects.toMatchObject({
      code: 'NOTHING_TO_RESOLVE',
      message: `The pipeline ${pipeline} has nothing to resolve: none of its jobs needs reconciliation.`,
    });
    await expect(resolve(other, pipeline, 'accept')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describeScenes('resolvePipeline as import', (play) => {
  /** The importing pipeline of one that was lost. */
  const start = async (scene: Play) => {
    const lost = await lose(scene);
    await resolve(scene, lost.pipeline, 'import');
    const importing = (await scene.view(lost.pipeline)).jobs[0]?.reconciliation?.resolution?.pipeline ?? '';
    return { ...lost, importing };
  };

  it('makes a pipeline with the same source and secrets, which alone may change the architecture until it has succeeded', async () => {
    const scene = await play();
    const { pipeline } = await lose(scene);
    const waiting = await scene.run([[task('later', 'apply')]]);
    scene.pass(1);
    await resolve(scene, pipeline, 'import');
    const importing = (await scene.view(pipeline)).jobs[0]?.reconciliation?.resolution?.pipeline ?? '';
    expect(await waits(scene, waiting)).toBe('Pipeline 3 imports what pipeline 1 has left, and goes first.');
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toMatchObject({ open: true });
    const runner = await scene.createSession();
    const [attempt = ''] = await scene.offers(runner);
    const { spec, secrets, fence, jobToken: token } = await claim(scene.context, { ...runner, attempt });
    expect(spec).toMatchObject({
      pipeline: importing,
      effect: 'irreversible',
      source: scene.source,
      state: toSimState(2, { a: 'a-1' }).head,
      task: { kind: 'terraform', options: { action: 'import', imports: [{ address: 'sim.b', id: 'b-1' }] } },
    });
    expect(secrets).toEqual([{ name: 'password', as: 'variable', value: 'hunter2' }]);
    const lease = { attempt, fence, token };
    expect(await permit(scene.context, { ...lease, step: 'import' })).toMatchObject({ permitted: true });
    const push = { ...scene, ...toSimState(8, {}), attempt: null };
    await expect(acceptState(scene.context, push)).rejects.toMatchObject({ code: 'ARCHITECTURE_LOCKED' });
    const state = toSimState(3, { a: 'a-1', b: 'b-1' });
    await putState(scene.context, { ...lease, ...state });
    expect(await scene.offers(runner)).toEqual([]);
    await putResult(scene.context, { ...lease, result: toResult(lease, { state: state.head }) });
    expect(await lock(scene)).toEqual(FREE);
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toMatchObject({
      open: false,
      resolution: { as: 'import', pipeline: importing },
    });
    expect(await scene.offers(runner)).toHaveLength(1);
    expect(await audit(scene)).toMatchObject([{ body: { as: 'import', importing } }]);
  });

  it('leaves it blocked where the import fails, and it may be resolved again', async () => {
    const scene = await play();
    const { pipeline, job, lease: lost } = await start(scene);
    const lease = await scene.work(await scene.createSession());
    const failed = toResult(lease, { conclusion: 'failed', reason: { code: 'STEP_FAILED', message: 'No.' } });
    await putResult(scene.context, { ...lease, result: failed });
    expect(await lock(scene)).toMatchObject({
      blocked_job: job,
      reconciler: null,
      lock_job_id: job,
      lock_fence: lost.fence,
    });
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toEqual({ open: true, resolution: null });
    await resolve(scene, pipeline, 'accept');
    expect(await lock(scene)).toEqual(FREE);
  });

  it('gives the block back where the import is stopped before a runner took it', async () => {
    const scene = await play();
    const { pipeline, importing, job } = await start(scene);
    await expect(resolve(scene, pipeline, 'accept')).rejects.toMatchObject({
      code: 'RESOLUTION_REFUSED',
      details: { problem: `the pipeline ${importing} imports what its state lacks; wait for its end, or stop it` },
    });
    const { organisation } = scene;
    await stopPipeline(scene.context, { organisation, pipeline: importing, reason: 'no', actor: 'operator' });
    expect(await lock(scene)).toMatchObject({ blocked_job: job, reconciler: null });
    await resolve(scene, pipeline, 'accept');
  });

  it('hands the block over to an import of which nobody knows how far it came', async () => {
    const scene = await play();
    const { pipeline, importing, lease: lost } = await start(scene);
    const lease = await scene.work(await scene.createSession());
    expect(lease.fence).toBe(lost.fence + 1);
    await permit(scene.context, { ...lease, step: 'import' });
    const reason = { code: 'STEP_LOST', message: 'Lost.' };
    await putResult(scene.context, {
      ...lease,
      result: toResult(lease, { conclusion: 'needsReconciliation', reason }),
    });
    expect((await scene.view(pipeline)).jobs[0]?.reconciliation).toMatchObject({
      open: false,
      resolution: { pipeline: importing },
    });
    expect((await scene.view(importing)).jobs[0]?.reconciliation).toEqual({ open: true, resolution: null });
    await resolve(scene, importing, 'import');
    const again = (await scene.view(importing)).jobs[0]?.reconciliation?.resolution?.pipeline ?? '';
    expect((await scene.view(again)).jobs[0]?.title).toBe('Import');
  });

  it('is refused where there is nothing to import, or no id is known', async () => {
    const scene = await play();
    const { pipeline, lease } = await lose(scene);
    const whole = toSimState(4, { a: 'a-1', b: 'b-1' });
    await putState(scene.context, { ...lease, ...whole }).catch(() => null);
    await scene.context.store.db
      .updateTable('event')
      .set({ body: { type: 'note', level: 'info', message: '' } })
      .where('org_id', '=', scene.organisation)
      .where('seq', '=', 4)
      .execute();
    await expect(resolve(scene, pipeline, 'import')).rejects.toMatchObject({
      message: `The pipeline ${pipeline} was not resolved: the state lacks nothing that the ledger shows.`,
    });
  });
});
