import { expect, it } from 'vitest';
import { Events, type AttemptEvent } from '../../../src/protocol/attempt.ts';
import { appendEvents } from '../../../src/server/attempts/append-events.ts';
import { describeScenes } from '../runners/on-stores.ts';
import { task } from '../runners/scene.ts';

const stamp = (from: number, ...events: AttemptEvent[]) =>
  events.map((event, index) => ({ seq: from + index, at: 7, event }));
const note = (message: string): AttemptEvent => ({ type: 'note', level: 'info', message });

describeScenes('appendEvents', (play) => {
  it('takes each event once, in order, and refuses a gap', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    const send = (from: number, ...messages: string[]) =>
      appendEvents(scene.context, { ...lease, events: stamp(from, ...messages.map(note)) });
    expect(await send(0, 'a', 'b')).toEqual({ next: 2, desired: 'run' });
    expect(await send(1, 'b', 'c')).toEqual({ next: 3, desired: 'run' });
    await expect(send(4, 'e')).rejects.toMatchObject({ code: 'EVENTS_GAP', details: { expected: 3, got: 4 } });
    expect(await send(0, 'a')).toEqual({ next: 3, desired: 'run' });
    const { jobs } = await scene.view(pipeline);
    expect(jobs[0]?.notes.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });

  it('keeps events of types that only a newer runner knows, and shows them nowhere', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    const newer = { type: 'weather', sky: { colour: 'blue' } };
    const batch = {
      fence: lease.fence,
      events: [
        { seq: 0, at: 7, event: newer },
        { seq: 1, at: 8, event: note('b') },
      ],
    };
    const { events } = Events.Request.parse(batch);
    expect(await appendEvents(scene.context, { ...lease, events })).toEqual({ next: 2, desired: 'run' });
    const rows = await scene.context.store.db
      .selectFrom('event')
      .select('body')
      .where('org_id', '=', scene.organisation)
      .orderBy('seq')
      .execute();
    expect(rows.map(({ body }) => body)).toEqual([newer, note('b')]);
    expect((await scene.view(pipeline)).jobs[0]).toMatchObject({ notes: [{ message: 'b' }], steps: [], machines: [] });
    const broken = { ...batch, events: [{ seq: 0, at: 7, event: { type: 'note', level: 'purple' } }] };
    expect(Events.Request.safeParse(broken).success).toBe(false);
  });

  it('takes a batch once that arrives twice at the same time', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    const events = stamp(0, note('a'), note('b'));
    const calls = Array.from({ length: 8 }, (_, index) => index);
    // Every connection of the pool is open, so that the calls meet.
    await Promise.all(calls.map(() => scene.view(pipeline)));
    const replies = await Promise.all(calls.map(() => appendEvents(scene.context, { ...lease, events })));
    expect(replies.map(({ next }) => next)).toEqual(calls.map(() => 2));
    expect((await scene.view(pipeline)).jobs[0]?.notes).toHaveLength(2);
  });

  it('shows steps, progress, machines and phase as they were told last', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const before = await scene.view(pipeline);
    const lease = await scene.work(await scene.createSession());
    const machine = { type: 'machine', path: 'runner/job', machine: 'job' } as const;
    const events = stamp(
      0,
      { ...machine, state: 'preparing', phase: 'leased' },
      { ...machine, state: 'running', phase: 'running' },
      { type: 'step.started', step: 'init', command: 'terraform init' },
      { type: 'step.finished', step: 'init', conclusion: 'succeeded', exitCode: 0 },
      { type: 'step.started', step: 'plan', command: 'terraform plan' },
      { type: 'progress', progress: { done: 1, total: 6, noun: 'resources' } },
    );
    await appendEvents(scene.context, { ...lease, events });
    const after = await scene.view(pipeline);
    expect(after.version).toBeGreaterThan(before.version);
    expect(after.jobs[0]).toMatchObject({
      phase: 'running',
      progress: { done: 1, total: 6 },
      machines: [{ path: 'runner/job', state: 'running' }],
      steps: [
        { key: 'init', conclusion: 'succeeded', exitCode: 0 },
        { key: 'plan', conclusion: null, finishedAt: null },
      ],
    });
  });

  it('stores what a tool wrote even where the database has no letter for it', async () => {
    const scene = await play();
    const pipeline = await scene.run([[task('a', 'plan')]]);
    const lease = await scene.work(await scene.createSession());
    await appendEvents(scene.context, { ...lease, events: stamp(0, note('zero \0, half \ud800, "\\u0000"')) });
    expect((await scene.view(pipeline)).jobs[0]?.notes[0]?.message).toBe('zero \ufffd, half \ufffd, "\\u0000"');
  });
});
