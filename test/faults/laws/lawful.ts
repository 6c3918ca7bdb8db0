import type { Result } from '../../../src/protocol/attempt.ts';
import type { AttemptFacts, Facts, RunFacts } from '../facts.ts';

const JOB = 'job_1';
const ARCHITECTURE = 'arc_1';
const OBJECT = { id: 'obj-0001', name: 'run-1-0', content: 'a' };
const RESULT: Result = {
  attempt: `${JOB}.1`,
  fence: 1,
  conclusion: 'succeeded',
  reason: null,
  exitCode: 0,
  startedAt: 100,
  finishedAt: 200,
  log: { bytes: 0, sha256: 'e' },
  events: 0,
  state: { lineage: 'one', serial: 2, sha256: 'b' },
  plan: null,
  artifacts: [],
  summary: null,
  outputs: {},
};

/** A run that made one object, undisturbed. */
export const createRun = (): RunFacts => ({
  plan: {
    number: 1,
    name: 'run-1',
    flow: 'apply',
    objects: [{ name: OBJECT.name, content: OBJECT.content, delayMs: 1, fail: null, stop: 'ignore', needs: [] }],
  },
  pipeline: 'pip_1',
  view: {
    id: 'pip_1',
    number: 1,
    architecture: { id: ARCHITECTURE, name: 'run-1' },
    workflow: 'faults',
    status: 'succeeded',
    reason: null,
    createdAt: 0,
    startedAt: 100,
    finishedAt: 200,
    version: 9,
    machine: { path: 'pipeline', machine: 'pipeline', state: 'succeeded', phase: 'done' },
    jobs: [],
  },
  reconciled: null,
  jobs: [
    {
      id: JOB,
      pipeline_id: 'pip_1',
      architecture_id: ARCHITECTURE,
      key: 'apply',
      queue: 'over',
      attempt: 1,
      conclusion: 'succeeded',
      mutating: true,
      desired: 'run',
    },
  ],
  architecture: { id: ARCHITECTURE, lock_job_id: null, blocked: null },
  states: [1, 2].map((serial) => ({
    architecture_id: ARCHITECTURE,
    lineage: 'one',
    serial,
    sha256: serial === 1 ? 'a' : 'b',
    job_id: JOB,
    number: 1,
    created_at: 100 + serial,
  })),
  recorded: [OBJECT],
  objects: [OBJECT],
  calls: (['begun', 'done'] as const).map((moment) => ({
    at: 110,
    call: 'create',
    moment,
    id: OBJECT.id,
    name: OBJECT.name,
  })),
});

export const createAttempt = (number = 1): AttemptFacts => ({
  id: `${JOB}.${number}`,
  run: 1,
  record: {
    job_id: JOB,
    number,
    architecture_id: ARCHITECTURE,
    fence: number,
    claimed_at: 100 * number,
    sealed_at: 200,
    permitted_at: 105,
    log_bytes: 0,
    result: RESULT,
  },
  trace: '',
  hasBegun: false,
  kept: '/nowhere',
  isUnsealed: false,
  log: new Uint8Array(0),
});

/** What a scenario without any fault leaves behind: no law has anything against it. */
export const createFacts = (): Facts => ({
  runs: [createRun()],
  attempts: [createAttempt()],
  faults: [],
  logWrites: [{ attempt: `${JOB}.1`, at: 150 }],
  orphans: [],
  leftovers: [],
});
