import { createActor, fromCallback, fromPromise, setup } from 'xstate';
import { expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import type { TraceEvent } from '../../src/protocol/trace.ts';
import { createRecorder } from '../../src/trace/record.ts';

/** Records what reaches a job actor of this machine, until it is done. */
const record = async (machine: Parameters<typeof createActor>[0], seen: string[] = []): Promise<TraceEvent[]> => {
  const entries: TraceEvent[] = [];
  const inspect = createRecorder({
    clock: createClock(),
    sink: () => ({ append: (entry) => void entries.push(entry) }),
    onState: ({ path, state }) => seen.push(`${path} ${state}`),
    onError: (error) => {
      throw error;
    },
  });
  const actor = createActor(machine, { id: 'job.job_0123456789abcdef.1', inspect });
  const done = new Promise<void>((resolve) => void actor.subscribe({ complete: () => resolve() }));
  actor.start();
  await done;
  return entries;
};
const toStory = (entries: readonly TraceEvent[]) => entries.map(({ seq, event, state }) => [seq, event.type, state]);

it('each event is recorded with the state that it led to, also where it was answered before that state was known', async () => {
  const hasty = setup({
    actors: {
      // Both tell something in the moment in which they are started.
      first: fromCallback(({ sendBack }) => sendBack({ type: 'first.done' })),
      second: fromCallback(({ sendBack }) => sendBack({ type: 'second.done' })),
    },
  }).createMachine({
    id: 'job',
    initial: 'one',
    states: {
      one: { invoke: { src: 'first' }, on: { 'first.done': 'two' } },
      two: { invoke: { src: 'second' }, on: { 'second.done': 'three' } },
      three: { type: 'final' },
    },
  });
  const seen: string[] = [];
  expect(toStory(await record(hasty, seen))).toEqual([
    [0, 'xstate.init', 'one'],
    [1, 'first.done', 'two'],
    [2, 'second.done', 'three'],
  ]);
  expect(seen).toEqual(['job one', 'job two', 'job three']);
});

it('each life of an attempt counts from 0, and errors are recorded as code and message', async () => {
  const failing = setup({
    actors: { fails: fromPromise(() => Promise.reject(Object.assign(new Error('no'), { code: 'ENO' }))) },
  }).createMachine({
    id: 'job',
    initial: 'trying',
    states: { trying: { invoke: { id: 'fails', src: 'fails', onError: 'over' } }, over: { type: 'final' } },
  });
  for (let life = 1; life <= 2; life++) {
    const entries = await record(failing);
    expect(toStory(entries)).toEqual([
      [0, 'xstate.init', 'trying'],
      [1, 'xstate.error.actor.fails', 'over'],
    ]);
    expect(entries[1]?.event['error']).toEqual({ code: 'ENO', message: 'no' });
  }
});
