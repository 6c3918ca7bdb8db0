import { expect, it } from 'vitest';
import { permit } from '../../../src/server/attempts/permit.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { renew } from '../../../src/server/attempts/renew.ts';
import { drain } from '../../../src/server/runners/drain.ts';
import { tick } from '../../../src/server/served.ts';
import { describeScenes } from './on-stores.ts';
import { task, toResult } from './scene.ts';

const held = (attempt: string, fence: number) => ({ attempt, fence, phase: 'running' as const, logOffset: 0 });

describeScenes('openSession', (play) => {
  it('supersedes the older session of the same instance at once, and gives back its offers', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    const older = await scene.open(token);
    await scene.run([[task('a', 'plan')]]);
    const [attempt] = await scene.offers(older);
    const newer = await scene.open(token);
    await expect(scene.look(older)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    expect(await scene.offers(newer)).toEqual([attempt]);
  });

  it('refuses another instance while the first is seen, and lets it in two lease times of served time later', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    await scene.open(token, { instance: 'instance-1' });
    const refused = { code: 'RUNNER_TOKEN_IN_USE', details: { holder: 'a runner', since: '1970-01-01 00:16:40 UTC' } };
    await expect(scene.open(token, { instance: 'instance-2' })).rejects.toMatchObject(refused);
    scene.pass(24 * 3600_000);
    await expect(scene.open(token, { instance: 'instance-2' })).rejects.toMatchObject(refused);
    const { leaseMs, tickMs } = scene.context.timers;
    for (let served = 0; served <= 2 * leaseMs; served += tickMs) {
      scene.pass(tickMs);
      await tick(scene.context);
    }
    await scene.open(token, { instance: 'instance-2' });
  });

  it('refuses unknown and revoked tokens, and another protocol', async () => {
    const scene = await play();
    const { id, token } = await scene.createRunner();
    await expect(scene.open('nobody')).rejects.toMatchObject({ code: 'RUNNER_TOKEN_UNKNOWN' });
    await scene.context.store.db.updateTable('runner').set({ revoked_at: 1 }).where('id', '=', id).execute();
    await expect(scene.open(token)).rejects.toMatchObject({ code: 'RUNNER_TOKEN_REVOKED' });
    const fresh = await scene.createRunner();
    await expect(scene.open(fresh.token, { protocol: 99 })).rejects.toMatchObject({ code: 'PROTOCOL_VERSION' });
  });

  it('says of each attempt whether it goes on: current, over, and never heard of', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    const session = await scene.open(token);
    await scene.run([[task('a', 'plan'), task('b', 'plan')]]);
    const [current, over] = [await scene.work(session), await scene.work(session)];
    await putResult(scene.context, { ...over, result: toResult(over) });
    const stranger = 'job_0000000000000000.1';
    const running = [held(current.attempt, current.fence), held(over.attempt, over.fence), held(stranger, 1)];
    const answer = await scene.open(token, { running });
    expect(answer.running).toEqual([
      { attempt: current.attempt, verdict: 'continue' },
      { attempt: over.attempt, verdict: 'stop' },
      { attempt: stranger, verdict: 'unknown' },
    ]);
    expect(answer.held).toEqual([]);
    const stale = await scene.open(token, { running: [held(current.attempt, current.fence - 1)] });
    expect(stale.running).toEqual([{ attempt: current.attempt, verdict: 'stop' }]);
  });

  it('does not know the attempt of another runner', async () => {
    const scene = await play();
    const lease = await scene.run([[task('a', 'plan')]]).then(async () => scene.work(await scene.createSession()));
    const { token } = await scene.createRunner();
    const answer = await scene.open(token, { running: [held(lease.attempt, lease.fence)] });
    expect(answer.running).toEqual([{ attempt: lease.attempt, verdict: 'unknown' }]);
  });

  it('queues an attempt again that the runner does not know it has; where something irreversible was permitted, it is declared', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    const session = await scene.open(token);
    const pipeline = await scene.run([[task('a', 'plan')]]);
    scene.pass(1);
    const changing = await scene.run([[task('b', 'apply')]]);
    const [lost, applying] = [await scene.work(session), await scene.work(session)];
    expect(await permit(scene.context, { ...applying, step: 'apply' })).toMatchObject({ permitted: true });
    const next = await scene.open(token);
    expect(next.held).toEqual([]);
    expect(await scene.view(changing)).toMatchObject({
      status: 'error',
      jobs: [{ conclusion: 'needsReconciliation', reason: { code: 'RUNNER_LOST' }, reconciliation: { open: true } }],
    });
    expect(await scene.view(pipeline)).toMatchObject({ status: 'pending', jobs: [{ status: 'pending' }] });
    const again = await scene.work(next);
    expect(again).toMatchObject({ attempt: lost.attempt.replace(/1$/, '2'), fence: expect.any(Number) });
    expect(again.fence).toBeGreaterThan(lost.fence);
    const late = renew(scene.context, { ...lost, phase: 'running', progress: null });
    await expect(late).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('leaves what another state directory under the same token may still be doing', async () => {
    const scene = await play();
    const { token } = await scene.createRunner();
    const session = await scene.open(token);
    const pipeline = await scene.run([[task('a', 'apply')]]);
    const lease = await scene.work(session);
    await permit(scene.context, { ...lease, step: 'apply' });
    await drain(scene.context, { ...session, end: true });
    expect((await scene.open(token, { instance: 'instance-2' })).held).toEqual([lease.attempt]);
    expect(await scene.view(pipeline)).toMatchObject({ status: 'running' });
    const heard = await renew(scene.context, { ...lease, phase: 'running', progress: null });
    expect(heard).toMatchObject({ desired: 'run' });
  });

  it('withdraws the offers of a session that drains, and makes it no more', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan')]]);
    const attempts = await scene.offers(runner);
    expect(await drain(scene.context, { ...runner, end: false })).toEqual({ withdrawn: attempts });
    expect(await scene.offers(runner)).toEqual([]);
    expect(await drain(scene.context, { ...runner, end: true })).toEqual({ withdrawn: [] });
    await expect(scene.look(runner)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    expect(await scene.offers(await scene.createSession())).toEqual(attempts);
  });
});
