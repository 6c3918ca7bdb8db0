import { createHash } from 'node:crypto';
import type { Result } from '../../../src/protocol/attempt.ts';
import type { HeldAttempt } from '../../../src/protocol/runner.ts';
import { Task, type Stages } from '../../../src/protocol/job.ts';
import type { Reason } from '../../../src/protocol/status.ts';
import type { ServerContext } from '../../../src/server/context.ts';
import { createPipeline } from '../../../src/server/pipelines/create-pipeline.ts';
import { toPipelineView } from '../../../src/server/pipelines/pipeline-view.ts';
import { claim } from '../../../src/server/runners/claim.ts';
import { hashToken } from '../../../src/server/hash-token.ts';
import { openSession } from '../../../src/server/runners/open-session.ts';
import { poll } from '../../../src/server/runners/poll.ts';
import { toJson } from '../../../src/server/store/json.ts';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A task of a test: `action` apply and destroy change the architecture. */
export const task = (key: string, action: 'plan' | 'apply', extra: Partial<Task> = {}): Task =>
  Task.parse({ key, title: key, kind: 'terraform', options: { action }, ...extra });

export type RunnerSession = { session: string; token: string };
export interface Lease {
  attempt: string;
  token: string;
  fence: number;
}

/** An organisation with one architecture, and short ways to do what runners and people do in it. */
export const createScene = async (context: ServerContext) => {
  const { ids, store, blobs } = context;
  const organisation = ids.create('org');
  await store.db.insertInto('organisation').values({ id: organisation, name: organisation, created_at: 1 }).execute();
  const bytes = Buffer.from(organisation);
  const source = { sha256: sha256(bytes), size: bytes.length, root: 'code', dir: '.' };
  await blobs.put(organisation, source.sha256, bytes, 1000);
  await store.db
    .insertInto('blob')
    .values({ org_id: organisation, sha256: source.sha256, size: bytes.length, created_at: 1 })
    .execute();

  const createArchitecture = async (): Promise<string> => {
    const id = ids.create('arc');
    const values = {
      id,
      org_id: organisation,
      name: id,
      kind: 'terraform',
      last_number: 0,
      fence: 0,
      created_at: 1,
    } as const;
    await store.db.insertInto('architecture').values(values).execute();
    return id;
  };
  const architecture = await createArchitecture();

  const createRunner = async () => {
    const [id, token] = [ids.create('rnr'), ids.createToken('runner')];
    const values = { id, org_id: organisation, token_hash: hashToken(token), created_at: 1 };
    await store.db.insertInto('runner').values(values).execute();
    return { id, token };
  };

  const open = (token: string, options: { instance?: string; protocol?: number; running?: HeldAttempt[] } = {}) =>
    openSession(context, {
      token,
      protocol: options.protocol ?? 1,
      instanceId: options.instance ?? 'instance-1',
      bootId: ids.create('boot'),
      name: 'a runner',
      version: '0.1.0',
      slots: 16,
      running: options.running ?? [],
    });

  const createSession = async (): Promise<RunnerSession> => {
    const { session, token } = await open((await createRunner()).token);
    return { session, token };
  };

  const run = async (
    stages: Stages,
    options: { architecture?: string; idempotencyKey?: string } = {},
  ): Promise<string> => {
    const owner = options.architecture ?? architecture;
    const id = ids.create('wfl');
    await store.db
      .insertInto('workflow')
      .values({ id, org_id: organisation, architecture_id: owner, name: id, stages: toJson(stages), created_at: 1 })
      .execute();
    const secrets = [{ name: 'password', as: 'variable' as const, value: 'hunter2' }];
    const idempotencyKey = options.idempotencyKey ?? null;
    return createPipeline(context, organisation, { workflow: id, source, secrets, idempotencyKey });
  };

  const look = (
    runner: RunnerSession,
    options: { ack?: number; free?: number; waitMs?: number; problem?: Reason; signal?: AbortSignal } = {},
  ) => {
    const { ack = 0, free = 16, waitMs = 0, problem = null, signal = new AbortController().signal } = options;
    return poll(context, { ...runner, ack, free, waitMs, problem }, signal);
  };

  const offers = async (runner: RunnerSession, options: Parameters<typeof look>[1] = {}): Promise<string[]> =>
    (await look(runner, options)).commands.flatMap((command) => (command.type === 'offer' ? [command.attempt] : []));

  const take = async (runner: RunnerSession, attempt: string): Promise<Lease> => {
    const { fence, jobToken } = await claim(context, { ...runner, attempt });
    return { attempt, fence, token: jobToken };
  };

  /** Offers, and claims the one that is offered. */
  const work = async (runner: RunnerSession): Promise<Lease> => {
    const [attempt] = await offers(runner, { free: 1 });
    if (!attempt) throw new Error('nothing was offered');
    return take(runner, attempt);
  };

  return {
    context,
    organisation,
    architecture,
    source,
    createArchitecture,
    createRunner,
    createSession,
    open,
    run,
    look,
    offers,
    take,
    work,
    view: (pipeline: string) => toPipelineView(context, organisation, pipeline),
  };
};
export type Scene = Awaited<ReturnType<typeof createScene>>;

/** A result that speaks of nothing that is not there. */
export const toResult = ({ attempt, fence }: Lease, extra: Partial<Result> = {}): Result => ({
  attempt,
  fence,
  conclusion: 'succeeded',
  reason: null,
  exitCode: 0,
  startedAt: 1,
  finishedAt: 2,
  log: { bytes: 0, sha256: sha256('') },
  events: 0,
  state: null,
  plan: null,
  artifacts: [],
  summary: null,
  outputs: {},
  ...extra,
});

/** A state file and its name. */
export const toState = (lineage: string, serial: number, extra: Record<string, unknown> = {}) => {
  const bytes = Buffer.from(JSON.stringify({ version: 4, lineage, serial, ...extra }));
  return { bytes, head: { lineage, serial, sha256: sha256(bytes) } };
};
