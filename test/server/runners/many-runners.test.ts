import { expect, it } from 'vitest';
import { appendEvents } from '../../../src/server/attempts/append-events.ts';
import { putResult } from '../../../src/server/attempts/put-result.ts';
import { renew } from '../../../src/server/attempts/renew.ts';
import { describeScenes, type Play } from './on-stores.ts';
import { task, toResult, type Lease } from './scene.ts';

/** Everything a runner says about a job, renewals at the same time as the rest. */
const finish = async ({ context }: Play, lease: Lease): Promise<void> => {
  const event = { type: 'progress', progress: { done: 1, total: 1, noun: 'steps' } } as const;
  const report = async () => {
    await appendEvents(context, { ...lease, events: [{ seq: 0, at: 1, event }] });
    await putResult(context, { ...lease, result: toResult(lease, { events: 1 }) });
  };
  const renewal = renew(context, { ...lease, phase: 'reporting', progress: null }).catch((error: unknown) => {
    // The result may have been first.
    expect(error).toMatchObject({ code: 'ATTEMPT_OVER' });
  });
  await Promise.all([report(), renewal]);
};

describeScenes('many runners at once', (play) => {
  it('finish every job exactly once, one change of an architecture at a time', async () => {
    const scene = await play();
    const { db } = scene.context.store;
    const tasks = Array.from({ length: 8 }, (_, index) => task(`t${index}`, index % 4 === 0 ? 'apply' : 'plan'));
    const pipelines = [await scene.run([tasks]), await scene.run([tasks])];
    const claimed: string[] = [];
    const serve = async (): Promise<void> => {
      const runner = await scene.createSession();
      let ack = 0;
      for (;;) {
        const { cursor, commands } = await scene.look(runner, { ack, free: 2 });
        ack = cursor;
        for (const command of commands) {
          if (command.type !== 'offer') continue;
          const lease = await scene.take(runner, command.attempt);
          claimed.push(lease.attempt);
          const changing = await db
            .selectFrom('job')
            .select('id')
            .where('org_id', '=', scene.organisation)
            .where('mutating', '=', true)
            .where('queue', '=', 'claimed')
            .execute();
          expect(changing.length).toBeLessThanOrEqual(1);
          await finish(scene, lease);
        }
        const left = await db
          .selectFrom('job')
          .select('id')
          .where('org_id', '=', scene.organisation)
          .where('queue', '<>', 'over')
          .execute();
        if (left.length === 0) return;
      }
    };
    await Promise.all([serve(), serve(), serve(), serve()]);
    expect(new Set(claimed).size).toBe(16);
    expect(claimed).toHaveLength(16);
    for (const id of pipelines) expect(await scene.view(id)).toMatchObject({ status: 'succeeded' });
  }, 30_000);
});
