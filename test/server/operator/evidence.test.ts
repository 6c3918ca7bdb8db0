import { afterAll, beforeAll, expect, it } from 'vitest';
import { EvidenceView, PipelineView } from '../../../src/protocol/rest.ts';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';
import { giveAway, makeArchitecture, makeAttempt, makePipeline, toTask } from './make.ts';

describeOnApps('what needs reconciliation', (open) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());

  /** A script that was permitted to change the world, on a runner that is not heard any more. */
  const makeSilent = async () => {
    const made = await makePipeline(test, [[toTask('deploy')]]);
    const job = made.pipeline.jobs[0]!.id;
    const { db } = test.context.store;
    const org_id = test.organisation.id;
    const runner = { id: 'rnr_0123456789abcdef', org_id, token_hash: 'x', name: 'fra-1', created_at: 0 };
    await db
      .insertInto('runner')
      .values(runner)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await makeAttempt(test, job, '');
    await db.updateTable('attempt').set({ permitted_at: 1 }).where('job_id', '=', job).execute();
    await db
      .updateTable('architecture')
      .set({ fence: 1, lock_job_id: job, lock_fence: 1 })
      .where('id', '=', made.architecture.id)
      .execute();
    return { ...made, job };
  };

  it('is shown with its evidence, settled once, and the answer is the pipeline', async () => {
    const { pipeline, job } = await makeSilent();
    const evidence = EvidenceView.parse((await test.call('GET', `/api/jobs/${job}/evidence`)).json);
    expect(evidence).toMatchObject({ pipeline: pipeline.id, open: false, reason: { code: 'RUNNER_LOST' } });
    const path = `/api/pipelines/${pipeline.id}/resolve`;
    const unknown = await test.call('POST', path, { as: 'forget' });
    expect(unknown).toMatchObject({ status: 400, json: { error: { code: 'REQUEST_INVALID' } } });
    const imported = await test.call('POST', path, { as: 'import' });
    expect(imported).toMatchObject({
      status: 409,
      json: { error: { code: 'RESOLUTION_REFUSED', details: { problem: 'a script has no state to import into' } } },
    });
    const reply = await test.call('POST', path, { as: 'discard', reason: 'a drill' });
    expect(PipelineView.parse(reply.json).jobs[0]?.reconciliation).toMatchObject({
      open: false,
      resolution: { as: 'discard', by: 'operator', reason: 'a drill' },
    });
    const again = await test.call('POST', path, { as: 'accept' });
    expect(again).toMatchObject({ status: 409, json: { error: { code: 'NOTHING_TO_RESOLVE' } } });
  });

  it('of another organisation is not found', async () => {
    const { pipeline, job, architecture } = await makeSilent();
    await giveAway(test, architecture.id);
    for (const reply of [
      await test.call('GET', `/api/jobs/${job}/evidence`),
      await test.call('POST', `/api/pipelines/${pipeline.id}/resolve`, { as: 'accept' }),
      await test.call('GET', `/api/jobs/${(await makeArchitecture(test)).id}/evidence`),
    ])
      expect(reply).toMatchObject({ status: 404, json: { error: { code: 'NOT_FOUND' } } });
  });
});
