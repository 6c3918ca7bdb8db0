import type { AttemptEvent } from '../../../src/protocol/attempt.ts';
import { appendEvents } from '../../../src/server/attempts/append-events.ts';
import { permit } from '../../../src/server/attempts/permit.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { sweep } from '../../../src/server/runners/sweep.ts';
import { tick } from '../../../src/server/served.ts';
import type { Play } from '../runners/on-stores.ts';
import { task, toState, type Lease } from '../runners/scene.ts';

/** Lets the door serve for so long; another scene may have ticked later than this one's clock stands. */
export const serve = async (scene: Play, ms: number): Promise<void> => {
  const { tickMs } = scene.context.timers;
  for (let served = 0; served < ms;) {
    scene.pass(tickMs);
    if (await tick(scene.context)) served += tickMs;
  }
};

/** A state that holds these objects of the type `sim`: name → id. */
export const toSimState = (serial: number, objects: Record<string, string>, lineage = 'one') =>
  toState(lineage, serial, {
    resources: Object.entries(objects).map(([name, id]) => ({
      mode: 'managed',
      type: 'sim',
      name,
      instances: [{ attributes: { id } }],
    })),
  });

export const toLine = (
  name: string,
  moment: 'started' | 'completed' | 'errored',
  id: string | null = null,
): AttemptEvent => ({ type: 'resource', address: `sim.${name}`, action: 'create', moment, id });

export const tell = (scene: Play, lease: Lease, events: readonly AttemptEvent[], from = 0) =>
  appendEvents(scene.context, { ...lease, events: events.map((event, at) => ({ seq: from + at, at, event })) });

/**
 * An apply in the middle: `a` is in the state, `b` was created and is not, `c` was being created. The host is silent then, but
 * nothing is declared yet.
 */
export const work = async (scene: Play): Promise<{ pipeline: string; job: string; lease: Lease }> => {
  const pipeline = await scene.run([[task('apply', 'apply')]]);
  const lease = await scene.work(await scene.createSession());
  await permit(scene.context, { ...lease, step: 'apply' });
  await putState(scene.context, { ...lease, ...toSimState(2, { a: 'a-1' }) });
  await tell(scene, lease, [
    { type: 'step.started', step: 'apply', command: 'terraform apply' },
    toLine('a', 'started'),
    toLine('a', 'completed', 'a-1'),
    toLine('b', 'started'),
    toLine('b', 'completed', 'b-1'),
    toLine('c', 'started'),
  ]);
  return { pipeline, job: lease.attempt.replace(/\.\d+$/, ''), lease };
};

/** The same, its host lost and declared so. */
export const lose = async (scene: Play): Promise<Awaited<ReturnType<typeof work>>> => {
  const worked = await work(scene);
  const { leaseMs, lostMs, tickMs } = scene.context.timers;
  await serve(scene, leaseMs + lostMs.irreversible + tickMs);
  await sweep(scene.context);
  return worked;
};
