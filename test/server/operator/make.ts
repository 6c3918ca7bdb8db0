import { createHash } from 'node:crypto';
import type { Task } from '../../../src/protocol/job.ts';
import type { ArchitectureView, PipelineView, WorkflowView } from '../../../src/protocol/rest.ts';
import { toJson } from '../../../src/server/store/json.ts';
import type { Reply, TestApp } from '../start-app.ts';

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A script task, with what a test cares about. */
export const toTask = (key: string, change: Partial<Task> = {}): Task => ({
  key,
  title: key,
  kind: 'script',
  options: { script: 'true' },
  ignoreFailure: false,
  requireApproval: false,
  planFrom: null,
  ...change,
});

/** A call that a test builds on. */
const must = async <T>(reply: Promise<Reply>): Promise<T> => {
  const { status, json, text } = await reply;
  if (status >= 300) throw new Error(`${status} ${text}`);
  return json as T;
};

export const makeArchitecture = async (test: TestApp, name = `net ${test.context.ids.create('x')}`) =>
  must<ArchitectureView>(test.call('POST', '/api/architectures', { name, kind: 'script' }));

/** An architecture with one workflow, its source uploaded, and one run of it. */
export const makePipeline = async (test: TestApp, stages: Task[][]) => {
  const architecture = await makeArchitecture(test);
  const path = `/api/architectures/${architecture.id}/workflows`;
  const workflow = await must<WorkflowView>(test.call('PUT', path, { name: 'main', stages }));
  const bundle = Buffer.from('a bundle');
  await must(test.call('PUT', `/api/blobs/${sha256(bundle)}`, bundle));
  const source = { sha256: sha256(bundle), size: bundle.length, root: 'net', dir: '.' };
  const pipeline = await must<PipelineView>(test.call('POST', '/api/pipelines', { workflow: workflow.id, source }));
  return { architecture, workflow, source, pipeline };
};

/** Moves a row and all that hangs on it to another organisation, as if it had been made there. */
export const giveAway = async (test: TestApp, architecture: string): Promise<void> => {
  const org_id = await test.addOtherOrganisation();
  const { db } = test.context.store;
  await db.updateTable('architecture').set({ org_id }).where('id', '=', architecture).execute();
  for (const table of ['workflow', 'pipeline', 'job', 'attempt', 'state_version'] as const) {
    await db.updateTable(table).set({ org_id }).where('architecture_id', '=', architecture).execute();
  }
};

/** A claimed attempt of a job, without a runner at work: its log is what `text` says. */
export const makeAttempt = async (test: TestApp, job: string, text: string, number = 1): Promise<void> => {
  const { store, logs, ids } = test.context;
  const row = await store.db.selectFrom('job').selectAll().where('id', '=', job).executeTakeFirstOrThrow();
  const bytes = Buffer.from(text);
  await store.db
    .insertInto('attempt')
    .values({
      job_id: job,
      number,
      org_id: row.org_id,
      architecture_id: row.architecture_id,
      runner_id: 'rnr_0123456789abcdef',
      session_id: 'ses_0123456789abcdef',
      fence: number,
      token_hash: ids.create('hash'),
      phase: 'running',
      machines: toJson([]),
      lease_until: 0,
      log_bytes: bytes.length,
      next_event: 0,
      claimed_at: 0,
    })
    .execute();
  await store.db.updateTable('job').set({ queue: 'claimed', attempt: number }).where('id', '=', job).execute();
  if (bytes.length > 0) await logs.append(row.org_id, `${job}.${number}`, 0, bytes);
};
