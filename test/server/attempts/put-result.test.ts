import { expect, it } from 'vitest';
import { appendEvents } from '../../../src/server/attempts/append-events.ts';
import { appendLog } from '../../../src/server/attempts/append-log.ts';
import { getArtifact, putArtifact } from '../../../src/server/attempts/artifacts.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { describeScenes } from '../runners/on-stores.ts';
import { sha256, task, toResult, toState } from '../runners/scene.ts';

const reason = { code: 'STEP_FAILED', message: 'Step `plan` ended with exit code 1.' };

describeScenes('putResult', (play) => {
  it('names what is missing, and seals only when log, events, state and artifacts are stored', async () => {
    const scene = await play();
    const { context } = scene;
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(await scene.createSession());
    const state = toState('lineage', 3);
    const file = Buffer.from('a report');
    const artifacts = [{ name: 'report', kind: 'report' as const, sha256: sha256(file), size: file.length }];
    const log = { bytes: 3, sha256: sha256('log') };
    const result = toResult(lease, { log, events: 1, state: state.head, artifacts });
    const send = () => putResult(context, { ...lease, result });
    const missing = { logFrom: 0, eventsFrom: 0, state: true, artifacts: [sha256(file)] };
    expect(await send()).toEqual({ status: 'incomplete', missing });
    await appendLog(context, { ...lease, from: 0, bytes: Buffer.from('lo') });
    expect(await send()).toMatchObject({ missing: { logFrom: 2 } });
    await appendLog(context, { ...lease, from: 2, bytes: Buffer.from('g') });
    await appendEvents(context, {
      ...lease,
      events: [{ seq: 0, at: 1, event: { type: 'note', level: 'info', message: '' } }],
    });
    await putState(context, { ...lease, ...state });
    expect(await send()).toEqual({
      status: 'incomplete',
      missing: { ...missing, logFrom: null, eventsFrom: null, state: false },
    });
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running' });
    await putArtifact(context, { ...lease, sha256: sha256(file), name: 'report', kind: 'report', body: file });
    expect(await send()).toEqual({ status: 'sealed', replayed: false });
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'succeeded',
      jobs: [{ status: 'succeeded', phase: 'done' }],
    });
  });

  it('answers a repetition as replayed, and another result as over', async () => {
    const scene = await play();
    await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    const result = toResult(lease, { outputs: { b: { value: { z: 1, a: [null] }, sensitive: false } } });
    const replies = await Promise.all([1, 2].map(() => putResult(scene.context, { ...lease, result })));
    expect(replies).toContainEqual({ status: 'sealed', replayed: false });
    expect(replies).toContainEqual({ status: 'sealed', replayed: true });
    const other = putResult(scene.context, { ...lease, result: { ...result, conclusion: 'failed' } });
    await expect(other).rejects.toMatchObject({ code: 'ATTEMPT_OVER' });
  });

  it('lets the token of a sealed attempt append nothing but evidence', async () => {
    const scene = await play();
    const { context } = scene;
    await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    await putResult(context, { ...lease, result: toResult(lease) });
    const over = { code: 'ATTEMPT_OVER' };
    await expect(appendLog(context, { ...lease, from: 0, bytes: Buffer.from('x') })).rejects.toMatchObject(over);
    const event = { type: 'note', level: 'info', message: 'late' } as const;
    await expect(appendEvents(context, { ...lease, events: [{ seq: 0, at: 1, event }] })).rejects.toMatchObject(over);
    await expect(getArtifact(context, { ...lease, sha256: scene.source.sha256 })).rejects.toMatchObject(over);
    const kept = await context.store.db
      .selectFrom('evidence')
      .select('kind')
      .where('org_id', '=', scene.organisation)
      .execute();
    expect(kept.map(({ kind }) => kind)).toEqual(['log', 'events']);
  });

  it('asks for the whole log again where its bytes are others, and gives up where they stay so', async () => {
    const scene = await play();
    await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    const lost = { ...lease, from: 0, bytes: Buffer.from('ab\0') };
    await appendLog(scene.context, lost);
    const result = toResult(lease, { log: { bytes: 3, sha256: sha256('abc') } });
    const send = () => putResult(scene.context, { ...lease, result });
    const again = { status: 'incomplete', missing: { logFrom: 0, eventsFrom: null, state: false, artifacts: [] } };
    expect(await send()).toEqual(again);
    await appendLog(scene.context, lost);
    expect(await send()).toEqual(again);
    await appendLog(scene.context, { ...lost, bytes: Buffer.from('abc') });
    expect(await send()).toEqual({ status: 'sealed', replayed: false });

    await scene.run([[task('b', 'plan')]]);
    const other = await scene.work(await scene.createSession());
    const wrong = toResult(other, { log: { bytes: 0, sha256: sha256('abc') } });
    const sendWrong = () => putResult(scene.context, { ...other, result: wrong });
    for (const _ of [1, 2, 3]) expect(await sendWrong()).toEqual(again);
    await expect(sendWrong()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('hands the saved plan of one job to the job that applies it', async () => {
    const scene = await play();
    const { context } = scene;
    await scene.run([[task('plan', 'plan')], [task('apply', 'apply', { planFrom: 'plan' })]]);
    const lease = await scene.work(await scene.createSession());
    const bundle = Buffer.from('a plan');
    const artifact = sha256(bundle);
    await putArtifact(context, { ...lease, sha256: artifact, name: 'plan', kind: 'plan', body: bundle });
    const manifest = { path: '/w', tool: { name: 'tofu', version: '1.9' }, source: artifact, lockFile: null } as const;
    const plan = {
      artifact,
      size: 6,
      manifest: { ...manifest, state: null, plan: artifact, files: [], destroy: false },
    };
    await putResult(context, { ...lease, result: toResult(lease, { plan }) });
    const applying = await scene.work(await scene.createSession());
    expect(Buffer.from((await getArtifact(context, { ...applying, sha256: artifact })).bytes)).toEqual(bundle);
    expect(
      Buffer.from((await getArtifact(context, { ...applying, sha256: scene.source.sha256 })).bytes).toString(),
    ).toBe(scene.organisation);
    const stranger = await play();
    await stranger.run([[task('a', 'plan')]]);
    const theirs = await stranger.work(await stranger.createSession());
    await expect(getArtifact(context, { ...theirs, sha256: artifact })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps an architecture blocked that needs reconciliation, and skips what came after', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'apply')], [task('b', 'plan')]]);
    const lease = await scene.work(runner);
    const result = toResult(lease, { conclusion: 'needsReconciliation', reason });
    await putResult(scene.context, { ...lease, result });
    expect(await scene.view(pipeline)).toMatchObject({
      status: 'error',
      reason,
      jobs: [{ status: 'error' }, { conclusion: 'skipped' }],
    });
    const next = await scene.run([[task('c', 'apply')]]);
    expect(await scene.offers(runner)).toEqual([]);
    expect((await scene.view(next)).jobs[0]?.waitsFor).toBe(
      `Pipeline 1 needs reconciliation: ${reason.message} Settle it: \`signalbox pipeline resolve ${pipeline} --as accept|import|push|discard\`.`,
    );
  });
});
