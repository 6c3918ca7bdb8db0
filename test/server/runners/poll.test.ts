import { expect, it } from 'vitest';
import { stopPipeline } from '../../../src/server/pipelines/stop-pipeline.ts';
import { describeScenes } from './on-stores.ts';
import { task } from './scene.ts';

describeScenes('poll', (play) => {
  it('offers the oldest ready jobs, as many as the runner is free for', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan'), task('b', 'plan')]]);
    const { commands } = await scene.look(runner, { free: 1 });
    expect(commands).toMatchObject([{ type: 'offer', title: expect.stringMatching(/^[ab]$/) }]);
    expect((await scene.look(runner, { free: 0 })).commands).toEqual(commands);
    expect((await scene.look(runner, { free: 1 })).commands).toEqual(commands);
    expect((await scene.look(runner, { free: 2 })).commands).toHaveLength(2);
  });

  it('never sends an acknowledged command again, and always an unacknowledged one', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    await scene.run([[task('a', 'plan')]]);
    const first = await scene.look(runner);
    expect((await scene.look(runner)).commands).toEqual(first.commands);
    expect(await scene.look(runner, { ack: first.cursor })).toEqual({ cursor: first.cursor, commands: [] });
  });

  it('offers one job to one of many runners that look at once', async () => {
    const scene = await play();
    const runners = await Promise.all(Array.from({ length: 6 }, () => scene.createSession()));
    await scene.run([Array.from({ length: 10 }, (_, index) => task(`t${index}`, 'plan'))]);
    const offered = (await Promise.all(runners.map((runner) => scene.offers(runner, { free: 3 })))).flat();
    const rest = (await Promise.all(runners.map((runner) => scene.offers(runner, { free: 16 })))).flat();
    expect(new Set(offered).size).toBe(offered.length);
    expect(new Set([...offered, ...rest]).size).toBe(10);
  });

  it('holds a poll until a job becomes ready', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const held = scene.offers(runner, { waitMs: 20_000 });
    await scene.run([[task('a', 'plan')]]);
    expect(await held).toHaveLength(1);
  });

  it('offers nothing to a caller that went away', async () => {
    const scene = await play();
    const [gone, here] = [await scene.createSession(), await scene.createSession()];
    const caller = new AbortController();
    const held = scene.look(gone, { waitMs: 20_000, signal: caller.signal });
    caller.abort();
    expect((await held).commands).toEqual([]);
    await scene.run([[task('a', 'plan')]]);
    expect(await scene.offers(here)).toHaveLength(1);
  });

  it('never offers two mutating jobs of one architecture, however many runners look', async () => {
    const scene = await play();
    const runners = [await scene.createSession(), await scene.createSession()] as const;
    await scene.run([[task('a', 'apply'), task('b', 'apply'), task('c', 'plan')]]);
    await scene.run([[task('d', 'apply')]]);
    expect(await scene.offers(runners[0])).toHaveLength(2);
    expect(await scene.offers(runners[1])).toEqual([]);
    const other = await scene.createArchitecture();
    await scene.run([[task('e', 'apply')]], { architecture: other });
    expect(await scene.offers(runners[1])).toHaveLength(1);
  });

  it('sends a cancel at once to the session that holds the job', async () => {
    const scene = await play();
    const runner = await scene.createSession();
    const pipeline = await scene.run([[task('a', 'plan'), task('b', 'plan')]]);
    const lease = await scene.work(runner);
    const { cursor } = await scene.look(runner, { free: 0 });
    const held = scene.look(runner, { ack: cursor, free: 0, waitMs: 20_000 });
    await stopPipeline(scene.context, {
      organisation: scene.organisation,
      pipeline,
      reason: 'enough',
      actor: 'operator',
    });
    expect((await held).commands).toEqual([{ type: 'cancel', attempt: lease.attempt, desired: 'cancel' }]);
    expect(await scene.offers(runner)).toEqual([]);
  });

  it('finds no job of another organisation', async () => {
    const [mine, theirs] = [await play(), await play()];
    const stranger = await theirs.createSession();
    await mine.run([[task('a', 'plan')]]);
    expect(await theirs.offers(stranger)).toEqual([]);
    const [attempt = ''] = await mine.offers(await mine.createSession());
    await expect(theirs.take(stranger, attempt)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses an unknown token, and the session of another runner', async () => {
    const scene = await play();
    const [one, other] = [await scene.createSession(), await scene.createSession()];
    await expect(scene.look({ ...one, token: 'nobody' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(scene.look({ ...one, token: other.token })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
