import { expect, it } from 'vitest';
import { appendLog } from '../../../src/server/attempts/append-log.ts';
import { topics } from '../../../src/server/context.ts';
import { describeScenes, type Play } from '../runners/on-stores.ts';
import { task, type Lease } from '../runners/scene.ts';

const start = async (scene: Play): Promise<Lease> => {
  await scene.run([[task('a', 'plan')]]);
  return scene.work(await scene.createSession());
};
const readLog = async ({ context, organisation }: Play, { attempt }: Lease): Promise<string> =>
  Buffer.from(await context.logs.read(organisation, attempt, 0, 1000)).toString();

describeScenes('appendLog', (play) => {
  it('appends where it stands, skips what it has, and answers a gap with the right offset', async () => {
    const scene = await play();
    const lease = await start(scene);
    const send = (from: number, text: string) => appendLog(scene.context, { ...lease, from, bytes: Buffer.from(text) });
    expect(await send(0, 'hello')).toEqual({ accepted: true, offset: 5, desired: 'run' });
    expect(await send(0, 'hel')).toMatchObject({ accepted: true, offset: 5 });
    expect(await send(3, 'lo world')).toMatchObject({ accepted: true, offset: 11 });
    expect(await send(12, '!')).toEqual({ accepted: false, offset: 11, desired: 'run' });
    expect(await readLog(scene, lease)).toBe('hello world');
  });

  it('ends up with the same bytes when one chunk arrives twice at once', async () => {
    const scene = await play();
    const lease = await start(scene);
    const chunk = { ...lease, from: 0, bytes: Buffer.from('twice') };
    const replies = await Promise.all([appendLog(scene.context, chunk), appendLog(scene.context, chunk)]);
    expect(replies.map(({ offset }) => offset)).toEqual([5, 5]);
    expect(await readLog(scene, lease)).toBe('twice');
  });

  it('wakes whoever follows', async () => {
    const scene = await play();
    const lease = await start(scene);
    const job = lease.attempt.replace(/\.1$/, '');
    const woken = scene.context.wake.wait(topics.log(job), 20_000);
    await appendLog(scene.context, { ...lease, from: 0, bytes: Buffer.from('x') });
    expect(await woken).toBe(true);
  });

  it('never takes a byte under another fence, and keeps it as evidence', async () => {
    const scene = await play();
    const lease = await start(scene);
    const late = { ...lease, fence: lease.fence - 1, from: 0, bytes: Buffer.from('late words') };
    await expect(appendLog(scene.context, late)).rejects.toMatchObject({ code: 'FENCED' });
    const kept = await scene.context.store.db
      .selectFrom('evidence')
      .selectAll()
      .where('org_id', '=', scene.organisation)
      .execute();
    expect(kept).toMatchObject([{ kind: 'log', body: { from: 0, size: 10, end: 'late words', refused: 'FENCED' } }]);
    expect(await readLog(scene, lease)).toBe('');
  });
});
