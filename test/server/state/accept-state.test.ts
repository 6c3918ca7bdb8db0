import { expect, it } from 'vitest';
import { getState } from '../../../src/server/attempts/get-state.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { acceptState } from '../../../src/server/state/accept-state.ts';
import { describeScenes, type Play } from '../runners/on-stores.ts';
import { sha256, task, toResult, toState } from '../runners/scene.ts';

const push = ({ context, organisation, architecture }: Play, state: ReturnType<typeof toState>) =>
  acceptState(context, { organisation, architecture, ...state, attempt: null });
const versions = ({ context, architecture }: Play) =>
  context.store.db
    .selectFrom('state_version')
    .select('serial')
    .where('architecture_id', '=', architecture)
    .orderBy('serial')
    .execute();

describeScenes('acceptState', (play) => {
  it('stores the same lineage and a higher serial only, and takes a repetition for what it is', async () => {
    const scene = await play();
    await push(scene, toState('one', 3));
    await push(scene, toState('one', 7));
    await push(scene, toState('one', 7));
    await push(scene, toState('one', 3));
    await expect(push(scene, toState('one', 7, { other: true }))).rejects.toMatchObject({
      code: 'STATE_SERIAL',
      details: { current: 7 },
    });
    await expect(push(scene, toState('one', 6))).rejects.toMatchObject({ code: 'STATE_SERIAL' });
    await expect(push(scene, toState('two', 8))).rejects.toMatchObject({
      code: 'STATE_LINEAGE',
      details: { current: 'one' },
    });
    expect(await versions(scene)).toEqual([{ serial: 3 }, { serial: 7 }]);
    const kept = await scene.context.store.db
      .selectFrom('evidence')
      .select('body')
      .where('job_id', '=', scene.architecture)
      .execute();
    expect(kept).toHaveLength(3);
    const late = toState('two', 8);
    expect(Buffer.from(await scene.context.blobs.read(scene.organisation, late.head.sha256))).toEqual(late.bytes);
  });

  it('refuses bytes that are not what their name says', async () => {
    const scene = await play();
    const { bytes, head } = toState('one', 1);
    const torn = Buffer.from('{"lineage":"one","seri');
    const unreadable = { code: 'STATE_UNREADABLE' };
    await expect(push(scene, { bytes: torn, head })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await expect(push(scene, { bytes: torn, head: { ...head, sha256: sha256(torn) } })).rejects.toMatchObject(
      unreadable,
    );
    await expect(push(scene, { bytes, head: { ...head, serial: 2 } })).rejects.toMatchObject(unreadable);
    await expect(push(scene, { bytes, head: { ...head, lineage: 'two' } })).rejects.toMatchObject(unreadable);
    expect(await versions(scene)).toEqual([]);
  });

  it('takes a runner’s state only from the job that holds the architecture, under its fence', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'apply'), task('b', 'plan')]]);
    const [applying, planning] = [await scene.work(runner), await scene.work(runner)];
    const state = toState('one', 1);
    const refused = { code: 'STATE_NOT_HELD' };
    await expect(putState(scene.context, { ...planning, ...state })).rejects.toMatchObject(refused);
    await expect(putState(scene.context, { ...applying, ...state, fence: applying.fence + 1 })).rejects.toMatchObject(
      refused,
    );
    expect((await getState(scene.context, planning)).bytes).toBeNull();
    expect(await putState(scene.context, { ...applying, ...state })).toBe('run');
    expect(Buffer.from((await getState(scene.context, planning)).bytes ?? [])).toEqual(state.bytes);
    await putResult(scene.context, { ...applying, result: toResult(applying, { state: state.head }) });
    await expect(putState(scene.context, { ...applying, ...toState('one', 2) })).rejects.toMatchObject(refused);
  });

  it('refuses a push while a job is at work', async () => {
    const scene = await play();
    await scene.run([[task('a', 'apply')]]);
    await scene.work(await scene.createSession());
    await expect(push(scene, toState('one', 1))).rejects.toMatchObject({ code: 'ARCHITECTURE_LOCKED' });
  });

  it('frees an architecture that needs reconciliation by the push of the state that is right', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(runner);
    await putResult(scene.context, { ...lease, result: toResult(lease, { conclusion: 'needsReconciliation' }) });
    await scene.run([[task('b', 'apply')]]);
    const held = scene.offers(runner, { waitMs: 20_000 });
    await push(scene, toState('one', 1));
    expect(await held).toHaveLength(1);
  });

  it('does not find the architecture of another organisation', async () => {
    const [scene, other] = [await play(), await play()];
    const theirs = { ...scene, architecture: other.architecture };
    await expect(push(theirs, toState('one', 1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
