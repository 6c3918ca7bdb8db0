import { PipelineItem, type JobView, type PipelineView } from '../../src/protocol/rest.ts';

/** 2026-11-24 12:00:00 UTC: views made here stand still unless a test moves them. */
export const NOON = Date.UTC(2026, 10, 24, 12);

const toId = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(16, '0')}`;

/** A job as the control plane shows it: pending, unless told otherwise. */
export const createJobView = (key: string, stage: number, more: Partial<JobView> = {}): JobView => ({
  id: `job_${key.replaceAll('-', '').slice(0, 14).padEnd(14, '0')}0${stage}`,
  key,
  title: key.charAt(0).toUpperCase() + key.slice(1),
  kind: 'terraform',
  stage,
  status: 'pending',
  phase: 'idle',
  conclusion: null,
  reason: null,
  attempt: null,
  runner: null,
  waitsFor: null,
  progress: null,
  steps: [],
  machines: [],
  notes: [],
  logBytes: 0,
  summary: null,
  outputs: {},
  artifacts: [],
  reconciliation: null,
  startedAt: null,
  finishedAt: null,
  ...more,
});

const step = (key: string, startedAt: number, finishedAt: number | null): JobView['steps'][number] => ({
  key,
  command: `terraform ${key} -input=false`,
  conclusion: finishedAt === null ? null : 'succeeded',
  exitCode: finishedAt === null ? null : 0,
  startedAt,
  finishedAt,
});

/** Validate and Plan are done, Apply runs: the page that matters most. Times count back from `now`. */
export const createJobViews = (now = NOON): JobView[] => {
  const runner = { id: toId('rnr', 1), name: 'fra-2' };
  const [validate, plan, apply] = [createJobView('validate', 0), createJobView('plan', 1), createJobView('apply', 2)];
  const over = { status: 'succeeded', phase: 'done', conclusion: 'succeeded', runner } as const;
  const summary = { add: 6, change: 1, remove: 0, import: 0, outputs: 2 };
  return [
    {
      ...validate,
      ...over,
      attempt: `${validate.id}.1`,
      startedAt: now - 90_000,
      finishedAt: now - 87_100,
      steps: [step('init', now - 90_000, now - 88_000), step('validate', now - 88_000, now - 87_100)],
      machines: [{ path: `runner/job.${validate.id}.1`, machine: 'job', state: 'done', phase: 'done' }],
    },
    {
      ...plan,
      ...over,
      attempt: `${plan.id}.1`,
      startedAt: now - 86_000,
      finishedAt: now - 77_000,
      summary,
      steps: [step('init', now - 86_000, now - 84_000), step('plan', now - 84_000, now - 77_000)],
      artifacts: [{ name: 'tfplan', kind: 'plan', sha256: '3f9c'.repeat(16), size: 48_213 }],
    },
    {
      ...apply,
      status: 'running',
      phase: 'running',
      runner,
      attempt: `${apply.id}.1`,
      startedAt: now - 40_000,
      progress: { done: 4, total: 6, noun: 'resources' },
      steps: [step('init', now - 40_000, now - 38_000), step('apply', now - 38_000, null)],
      machines: [
        { path: 'runner', machine: 'runner', state: 'online.running', phase: 'running' },
        { path: `runner/job.${apply.id}.1`, machine: 'job', state: 'executing.running', phase: 'running' },
        { path: `runner/job.${apply.id}.1/lease`, machine: 'lease', state: 'held', phase: 'leased' },
        { path: `runner/job.${apply.id}.1/step.1`, machine: 'step', state: 'active.running', phase: 'running' },
      ],
      notes: [{ level: 'warning', message: 'TF_CLI_ARGS_apply was set on this host and is not passed on.' }],
      summary,
      outputs: {
        endpoint: { value: 'https://web-shop.internal.example/healthz', sensitive: false },
        subnets: { value: ['10.0.1.0/24', '10.0.2.0/24'], sensitive: false },
        database_password: { sensitive: true },
      },
    },
  ];
};

export const createPipelineView = (more: Partial<PipelineView> = {}): PipelineView => {
  const number = more.number ?? 42;
  const startedAt = more.startedAt ?? NOON - 90_000;
  return {
    id: toId('pip', number),
    number,
    architecture: { id: toId('arc', 1), name: 'web-shop-staging' },
    workflow: 'Validate, plan, apply',
    status: 'running',
    reason: null,
    createdAt: startedAt - 500,
    startedAt,
    finishedAt: null,
    version: 1,
    machine: { path: 'pipeline', machine: 'pipeline', state: 'running', phase: 'running' },
    jobs: createJobViews(startedAt + 90_000),
    ...more,
  };
};

export const toPipelineItem = (view: PipelineView): PipelineItem => PipelineItem.parse(view);
