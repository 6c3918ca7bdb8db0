import { expect, it, vi } from 'vitest';
import { createActor, fromPromise, setup, stopChild, waitFor, type AnyStateMachine, type DoneActorEvent } from 'xstate';
import { forgetEventTypes } from '../../src/actors/forget-event-types.ts';

const JOBS = 50;
type Event = { type: 'start'; id: string } | DoneActorEvent<string, `job.${string}`>;

const createMachine = () => {
  const machine = setup({
    types: { context: {} as { ended: number }, events: {} as Event },
    actors: { work: fromPromise(async () => 'done') },
  });
  const start = machine.spawnChild('work', { id: ({ event }) => (event.type === 'start' ? `job.${event.id}` : '') });
  return machine.createMachine({
    context: { ended: 0 },
    initial: 'online',
    states: { online: { initial: 'idle', states: { idle: {} } } },
    on: {
      start: { actions: start },
      'xstate.done.actor.job.*': {
        actions: [
          machine.assign({ ended: ({ context }) => context.ended + 1 }),
          stopChild(({ event }) => event.actorId),
        ],
      },
    },
  });
};

/** Runs jobs through a machine, one after another; tells how many things the library remembers of its states afterwards. */
const countMemories = async (make: () => AnyStateMachine): Promise<number> => {
  const memories: object[] = [];
  const { set } = WeakMap.prototype;
  const spy = vi.spyOn(WeakMap.prototype, 'set').mockImplementation(function (
    this: WeakMap<WeakKey, object>,
    key,
    value,
  ) {
    if (Object.hasOwn(key as object, 'machine')) memories.push(value);
    return set.call(this, key, value);
  });
  try {
    const actor = createActor(make()).start();
    for (let count = 1; count <= JOBS; count++) {
      actor.send({ type: 'start', id: String(count) });
      await waitFor(actor, ({ context }) => context.ended === count, { timeout: 5000 });
    }
    actor.stop();
  } finally {
    spy.mockRestore();
  }
  return memories.reduce<number>((sum, memory) => sum + Object.keys(memory).length, 0);
};

it('a machine hears of the end of every job, and remembers none of their names', async () => {
  expect(await countMemories(() => forgetEventTypes(createMachine()))).toBeLessThan(JOBS);
});

it('by itself the library remembers every name', async () => {
  expect(await countMemories(createMachine)).toBeGreaterThan(JOBS);
});
