import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { AttemptEvent, Outputs, Summary } from '../../src/protocol/attempt.ts';
import type { JobSpec, StepSpec, TaskKind } from '../../src/protocol/job.ts';
import type { StepEvidence, Tool, Verdict } from '../../src/plugins/plugin.ts';
import { findPlugin } from '../../src/plugins/registry.ts';

export const writeFiles = (dir: string, files: Record<string, string>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
};

/** A job of one task; everything that a test does not name is plain. */
export const createSpec = (
  kind: TaskKind,
  options: JobSpec['task']['options'],
  more: Partial<JobSpec> = {},
): JobSpec => ({
  id: 'job_0123456789abcdef',
  attempt: 'job_0123456789abcdef.1',
  pipeline: 'pip_0123456789abcdef',
  architecture: { id: 'arc_0123456789abcdef', name: 'test' },
  task: { key: 'a-task', title: 'A task', kind, options, ignoreFailure: false, requireApproval: false, planFrom: null },
  effect: 'read',
  source: { sha256: 'a'.repeat(64), size: 1, root: 'code', dir: '.' },
  toolVersion: null,
  state: null,
  plan: null,
  variables: {},
  varFiles: [],
  secrets: [],
  target: null,
  maxExecutionMs: 60_000,
  ...more,
});

export interface Ran {
  steps: StepSpec[];
  log: string;
  events: AttemptEvent[];
  verdicts: Record<string, Verdict>;
  evidence: Record<string, StepEvidence>;
  /** Of the last step that ran. */
  last: Verdict;
  summary: Summary | null;
  outputs: Outputs;
  /** Raw output of each step. */
  raw: Record<string, string>;
}

/** Runs a job's steps as a runner would, one after the other, with real processes: compile, read, judge, conclude. */
export const runPlugin = (
  tool: Tool | null,
  cwd: string,
  spec: JobSpec,
  more: { env?: Record<string, string>; needsInit?: boolean; readState?: () => string | null } = {},
): Ran => {
  const plugin = findPlugin(spec.task.kind);
  const needsInit = more.needsInit ?? true;
  let queue = plugin.compile({ spec, tool, cwd, files: readdirSync(cwd), needsInit, providerCache: null });
  const ran: Omit<Ran, 'last' | 'summary' | 'outputs'> = {
    steps: [],
    log: '',
    events: [],
    verdicts: {},
    evidence: {},
    raw: {},
  };
  let last: Verdict = { conclusion: 'succeeded', reason: null };
  while (queue.length > 0 && last.conclusion === 'succeeded') {
    const [step, ...rest] = queue as [StepSpec, ...StepSpec[]];
    ran.steps.push(step);
    const env = { PATH: process.env['PATH'] ?? '', ...more.env, ...step.env };
    const done = spawnSync(step.program, step.args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (done.error) throw done.error;
    const output = step.format === 'plain' ? done.stdout + done.stderr : done.stdout;
    ran.raw[step.key] = output;
    if (step.shown !== null) ran.log += ` $ ${step.shown}\n`;
    const reader = plugin.createReader(step);
    if (step.format !== 'document') {
      for (const line of output.replace(/\n$/, '').split('\n')) {
        const { text, events } = step.format === 'plain' ? { text: `${line}\n`, events: [] } : reader.line(line);
        ran.log += text;
        ran.events.push(...events);
      }
    }
    last = plugin.judge({
      spec,
      step,
      exitCode: done.status ?? 255,
      evidence: reader.evidence(),
      document: step.format === 'document' || (step.format === 'plain' && done.status !== 0) ? output : null,
      earlier: ran.evidence,
    });
    ran.log += last.shownText ?? '';
    ran.verdicts[step.key] = last;
    ran.evidence[step.key] = last.evidence ?? reader.evidence();
    queue = last.nothingLeft ? [] : [...(last.followedBy ?? []), ...rest];
  }
  const state = more.readState?.() ?? null;
  return { ...ran, last, ...plugin.conclude({ spec, evidence: ran.evidence, state }) };
};

/** What a person reads: no colours, no box, no line breaks of a wrapped sentence. */
export const toPlain = (text: string): string => stripVTControlCharacters(text);
export const toFlat = (text: string): string => toPlain(text).replaceAll(/[│╷╵\s]+/g, ' ');
