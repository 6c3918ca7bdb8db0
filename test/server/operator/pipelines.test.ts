import { afterAll, beforeAll, expect, it } from 'vitest';
import { PipelineList, PipelineView } from '../../../src/protocol/rest.ts';
import { topics } from '../../../src/server/context.ts';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';
import { giveAway, makeAttempt, makePipeline, sha256, toTask } from './make.ts';

describeOnApps('pipelines', (open) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());
  const get = async (id: string, query = '') =>
    PipelineView.parse((await test.call('GET', `/api/pipelines/${id}${query}`)).json);
  const jobsOf = ({ jobs }: PipelineView) => Object.fromEntries(jobs.map(({ key, status }) => [key, status]));

  it('are made, listed newest first, and looked at', async () => {
    const { pipeline, architecture } = await makePipeline(test, [[toTask('a')], [toTask('b')]]);
    expect(PipelineView.parse(pipeline)).toEqual(await get(pipeline.id));
    const { pipeline: newer } = await makePipeline(test, [[toTask('a')]]);
    const all = PipelineList.parse((await test.call('GET', '/api/pipelines')).json).pipelines.map(({ id }) => id);
    expect(all.indexOf(newer.id)).toBeLessThan(all.indexOf(pipeline.id));
    const own = await test.call('GET', `/api/pipelines?architecture=${architecture.id}&limit=1`);
    expect(PipelineList.parse(own.json).pipelines).toMatchObject([{ id: pipeline.id }]);
  });

  it('answer a held look within milliseconds of the change', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a')]]);
    const { clock } = test.context;
    const begun = test.held(topics.pipeline(pipeline.id));
    const held = get(pipeline.id, `?after=${pipeline.version}&waitMs=20000`).then((view) => ({
      view,
      at: clock.elapsed(),
    }));
    await begun;
    const stoppedAt = clock.elapsed();
    await test.call('POST', `/api/pipelines/${pipeline.id}/stop`, { reason: 'enough' });
    const { view, at } = await held;
    expect(view.version).toBeGreaterThan(pipeline.version);
    expect(at - stoppedAt).toBeLessThan(1000);
  });

  it('answer a held look with what there is once its time is over', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a')]]);
    expect((await get(pipeline.id, `?after=${pipeline.version}&waitMs=20`)).version).toBe(pipeline.version);
  });

  it('that are stopped are terminated, with the reason', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a')]]);
    await test.call('POST', `/api/pipelines/${pipeline.id}/stop`, { reason: 'enough' });
    const view = await get(pipeline.id);
    expect(view.status).toBe('terminated');
    expect(JSON.stringify(view.reason)).toContain('enough');
  });

  it('go on when the job that waits is approved, and only once', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a', { requireApproval: true })]]);
    expect(pipeline.status).toBe('manual');
    const approve = () => test.call('POST', `/api/jobs/${pipeline.jobs[0]!.id}/approve`, { comment: 'fine' });
    const replies = await Promise.all([approve(), approve()]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(replies.map(({ text }) => text).join('')).toContain('NOT_WAITING');
    expect(jobsOf(await get(pipeline.id))).toEqual({ a: 'pending' });
  });

  it('end when the job that waits is rejected', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a', { requireApproval: true })], [toTask('b')]]);
    const reply = await test.call('POST', `/api/jobs/${pipeline.jobs[0]!.id}/reject`);
    expect(PipelineView.parse(reply.json).status).toBe('terminated');
    const { store } = test.context;
    const audit = await store.db
      .selectFrom('audit')
      .select('action')
      .where('subject', '=', pipeline.jobs[0]!.id)
      .execute();
    expect(audit).toEqual([{ action: 'job.reject' }]);
  });

  it("give a job's artifacts by name, as downloads", async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a')]]);
    const job = pipeline.jobs[0]!.id;
    await makeAttempt(test, job, '');
    const bytes = Buffer.from('<script>');
    await test.call('PUT', `/api/blobs/${sha256(bytes)}`, bytes);
    const row = { org_id: test.organisation.id, pipeline_id: pipeline.id, job_id: job, number: 1, created_at: 0 };
    await test.context.store.db
      .insertInto('artifact')
      .values({ ...row, name: 'out/plan é.html', kind: 'file', sha256: sha256(bytes), size: bytes.length })
      .execute();
    const reply = await test.call('GET', `/api/jobs/${job}/artifacts/${encodeURIComponent('out/plan é.html')}`);
    expect(reply.bytes).toEqual(bytes);
    expect(reply.headers.get('content-type')).toBe('application/octet-stream');
    expect(reply.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''plan%20%C3%A9.html");
    expect((await test.call('GET', `/api/jobs/${job}/artifacts/nothing`)).status).toBe(404);
  });

  it('of another organisation are not found, listed, stopped or approved', async () => {
    const { pipeline, architecture, workflow, source } = await makePipeline(test, [
      [toTask('a', { requireApproval: true })],
    ]);
    await giveAway(test, architecture.id);
    const job = pipeline.jobs[0]!.id;
    for (const reply of [
      await test.call('GET', `/api/pipelines/${pipeline.id}`),
      await test.call('POST', `/api/pipelines/${pipeline.id}/stop`),
      await test.call('POST', `/api/jobs/${job}/approve`),
      await test.call('POST', `/api/jobs/${job}/reject`),
      await test.call('GET', `/api/jobs/${job}/artifacts/x`),
      await test.call('POST', '/api/pipelines', { workflow: workflow.id, source }),
    ]) {
      expect(reply).toMatchObject({ status: 404, json: { error: { code: 'NOT_FOUND' } } });
    }
    expect((await test.call('GET', '/api/pipelines')).text).not.toContain(pipeline.id);
    const row = await test.context.store.db
      .selectFrom('pipeline')
      .select('status')
      .where('id', '=', pipeline.id)
      .executeTakeFirstOrThrow();
    expect(row.status).toBe('manual');
  });
});
