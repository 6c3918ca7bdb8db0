import { expect, it } from 'vitest';
import { EvidenceView } from '../../../src/protocol/rest.ts';
import { appendLog } from '../../../src/server/attempts/append-log.ts';
import { permit } from '../../../src/server/attempts/permit.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { renew } from '../../../src/server/attempts/renew.ts';
import { toEvidence } from '../../../src/server/reconcile/evidence-view.ts';
import { acceptState } from '../../../src/server/state/accept-state.ts';
import { describeScenes, type Play } from '../runners/on-stores.ts';
import { task, toResult } from '../runners/scene.ts';
import { lose, serve, tell, toLine, toSimState, work } from './lose.ts';

const look = async ({ context, organisation }: Play, job: string) =>
  EvidenceView.parse((await toEvidence(context, organisation, job)).view);

describeScenes('the evidence about a job', (play) => {
  it('names the state before and after, what was in flight, what the state lacks, and who holds the lock', async () => {
    const scene = await play();
    const before = toSimState(1, {});
    await acceptState(scene.context, { ...scene, ...before, attempt: null });
    scene.pass(1);
    const { job, lease, pipeline } = await lose(scene);
    const view = await look(scene, job);
    expect(view).toMatchObject({
      pipeline,
      job,
      attempt: lease.attempt,
      open: true,
      resolution: null,
      state: { before: before.head, after: toSimState(2, { a: 'a-1' }).head },
      lock: { job, fence: lease.fence, runner: { name: 'a runner' } },
      inFlight: [{ address: 'sim.c', action: 'create', id: null }],
      unrecorded: [{ address: 'sim.b', id: 'b-1' }],
      importBlocks: 'import {\n  to = sim.b\n  id = "b-1"\n}\n',
      captured: [],
    });
    expect(view.reason.message).toMatch(
      /^The runner a runner has not been heard since 1970-01-01 00:16:40 UTC; `sim\.c` was being created\.$/,
    );
    expect(view.reason.hint).toContain(`signalbox pipeline resolve ${pipeline} --as accept|import|push|discard`);
  });

  it('is there while the job is silent and not declared yet', async () => {
    const scene = await play();
    const { job, lease } = await work(scene);
    expect((await look(scene, job)).reason).toMatchObject({ code: 'NOTHING_TO_RESOLVE' });
    await serve(scene, scene.context.timers.leaseMs + scene.context.timers.tickMs);
    expect(await look(scene, job)).toMatchObject({
      open: false,
      reason: { code: 'RUNNER_LOST' },
      inFlight: [{ address: 'sim.c' }],
    });
    await renew(scene.context, { ...lease, phase: 'running', progress: null });
    expect((await look(scene, job)).reason).toMatchObject({ code: 'NOTHING_TO_RESOLVE' });
  });

  it('keeps all that comes too late, each once, and states with their bytes', async () => {
    const scene = await play();
    const { context } = scene;
    const { job, lease } = await lose(scene);
    const late = toSimState(3, { a: 'a-1', b: 'b-1' });
    const lost = { code: 'LEASE_LOST' };
    for (const _ of [1, 2]) {
      await expect(appendLog(context, { ...lease, from: 0, bytes: Buffer.from('late') })).rejects.toMatchObject(lost);
      await expect(tell(scene, lease, [toLine('c', 'completed', 'c-1')], 6)).rejects.toMatchObject(lost);
      await expect(putState(context, { ...lease, ...late })).rejects.toMatchObject({ code: 'STATE_NOT_HELD' });
      await expect(putResult(context, { ...lease, result: toResult(lease) })).rejects.toMatchObject(lost);
      await expect(permit(context, { ...lease, step: 'apply' })).rejects.toMatchObject(lost);
    }
    const { captured, state } = await look(scene, job);
    expect(captured.map(({ kind, refused, head }) => [kind, refused, head?.serial ?? null]).toSorted()).toEqual([
      ['events', 'LEASE_LOST', null],
      ['log', 'LEASE_LOST', null],
      ['result', 'LEASE_LOST', null],
      ['state', 'STATE_NOT_HELD', 3],
    ]);
    expect(Buffer.from(await context.blobs.read(scene.organisation, late.head.sha256))).toEqual(late.bytes);
    expect(state.after?.serial).toBe(2);
  });

  it('stays bounded, however long a runner tries', async () => {
    const scene = await play();
    const { lease, job } = await lose(scene);
    for (let from = 0; from < 230; from += 1)
      await appendLog(scene.context, { ...lease, from, bytes: Buffer.from('x') }).catch(() => null);
    expect((await look(scene, job)).captured).toHaveLength(200);
  });

  it('of a script says which step was under way', async () => {
    const scene = await play();
    const script = { ...task('deploy', 'apply'), kind: 'script' as const, options: { script: 'true' } };
    await scene.run([[script]]);
    const lease = await scene.work(await scene.createSession());
    await permit(scene.context, { ...lease, step: 'script' });
    await tell(scene, lease, [{ type: 'step.started', step: 'script', command: 'sh' }]);
    await serve(scene, scene.context.timers.leaseMs + scene.context.timers.tickMs);
    const { reason } = await look(scene, lease.attempt.replace(/\.1$/, ''));
    expect(reason.message).toMatch(/; step `script` was under way\.$/);
  });

  it('of another organisation is not found, nor of a job that nobody has claimed', async () => {
    const [scene, other] = [await play(), await play()];
    const { job } = await work(scene);
    await expect(look(other, job)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const pipeline = await other.run([[task('a', 'apply')]]);
    const waiting = (await other.view(pipeline)).jobs[0]?.id ?? '';
    await expect(look(other, waiting)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
