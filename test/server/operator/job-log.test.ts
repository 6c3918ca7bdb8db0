import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CHANNEL, topics } from '../../../src/server/context.ts';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';
import { giveAway, makeAttempt, makePipeline, toTask } from './make.ts';

describeOnApps('the log of a job', (open) => {
  let test: TestApp;
  let job: string;
  let architecture: string;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());
  beforeEach(async () => {
    const made = await makePipeline(test, [[toTask('one')]]);
    job = made.pipeline.jobs[0]!.id;
    architecture = made.architecture.id;
  });
  const read = (query: string, headers: Record<string, string> = {}) =>
    test.call('GET', `/api/jobs/${job}/log${query}`, undefined, headers);
  const append = async (text: string) => {
    const { store, logs } = test.context;
    const row = await store.db.selectFrom('attempt').selectAll().where('job_id', '=', job).executeTakeFirstOrThrow();
    await logs.append(row.org_id, `${job}.1`, row.log_bytes, Buffer.from(text));
    await store.db.transaction().execute(async (tx) => {
      await tx
        .updateTable('attempt')
        .set({ log_bytes: row.log_bytes + Buffer.byteLength(text) })
        .where('job_id', '=', job)
        .execute();
      await store.notify(tx, CHANNEL, topics.log(job));
    });
  };

  it('is empty and not complete while nobody has claimed the job', async () => {
    const reply = await read('');
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers.get('log-offset')).toBe('0');
    expect(reply.headers.get('log-complete')).toBe('false');
  });

  it('is given from an offset, with the next one', async () => {
    await makeAttempt(test, job, 'hello ✓ world');
    const reply = await read('?offset=6');
    expect(reply.text).toBe('✓ world');
    expect(reply.headers.get('log-offset')).toBe('15');
    expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('is given in exact bytes by range, through the middle of a letter too', async () => {
    await makeAttempt(test, job, 'hello ✓ world');
    const whole = Buffer.from('hello ✓ world');
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=7-9', 7, 10],
      ['bytes=-5', 10, 15],
      ['bytes=3-99', 3, 15],
    ] as const) {
      const reply = await read('', { range });
      expect(reply.status).toBe(206);
      expect(reply.bytes).toEqual(whole.subarray(from, to));
      expect(reply.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/15`);
    }
    const beyond = await read('', { range: 'bytes=15-' });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */15');
  });

  it('comes in pieces that join to the whole, where it is long', async () => {
    const whole = Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join('');
    await makeAttempt(test, job, whole);
    let text = '';
    while (Buffer.byteLength(text) < Buffer.byteLength(whole)) {
      const reply = await read(`?offset=${Buffer.byteLength(text)}`);
      expect(reply.bytes.length).toBeGreaterThan(0);
      expect(reply.bytes.length).toBeLessThanOrEqual(1024 * 1024);
      text += reply.text;
    }
    expect(text === whole).toBe(true);
    const range = await read('', { range: 'bytes=1-2000000' });
    expect(range.bytes.equals(Buffer.from(whole).subarray(1, 2_000_001))).toBe(true);
  });

  it('is held while there is nothing new, and answers within milliseconds of new bytes', async () => {
    await makeAttempt(test, job, 'a');
    const { clock } = test.context;
    const begun = test.held(topics.log(job));
    const held = read('?offset=1&waitMs=20000').then((reply) => ({ reply, at: clock.elapsed() }));
    await begun;
    const wroteAt = clock.elapsed();
    await append('b');
    const { reply, at } = await held;
    expect(reply.text).toBe('b');
    expect(at - wroteAt).toBeLessThan(1000);
  });

  it('answers with nothing after the time it was to be held', async () => {
    await makeAttempt(test, job, 'a');
    const reply = await read('?offset=1&waitMs=30');
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers.get('log-complete')).toBe('false');
  });

  it('is complete only at the end of a job that is over', async () => {
    await makeAttempt(test, job, 'abc');
    await test.context.store.db.updateTable('job').set({ queue: 'over' }).where('id', '=', job).execute();
    expect((await read('?offset=0')).headers.get('log-complete')).toBe('true');
    expect((await read('', { range: 'bytes=0-1' })).headers.get('log-complete')).toBe('false');
    expect((await read('?offset=3&waitMs=20000')).headers.get('log-complete')).toBe('true');
  });

  it("is the newest attempt's unless another is named", async () => {
    await makeAttempt(test, job, 'first');
    await makeAttempt(test, job, 'second', 2);
    expect((await read('')).text).toBe('second');
    const first = await read('?attempt=1');
    expect(first.text).toBe('first');
    expect(first.headers.get('log-complete')).toBe('true');
    expect((await read('?attempt=3')).status).toBe(404);
  });

  it('refuses an offset that is not there or no number', async () => {
    await makeAttempt(test, job, 'abc');
    expect((await read('?offset=4')).json).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
    expect((await read('?offset=-1')).json).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
  });

  it('of another organisation is not found', async () => {
    await makeAttempt(test, job, 'abc');
    await giveAway(test, architecture);
    expect((await read('')).json).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});
