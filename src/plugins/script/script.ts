import * as z from 'zod';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import { Effect, type Task } from '../../protocol/job.ts';
import type { Plugin } from '../plugin.ts';

const GRACE_MS = 10_000;

export const ScriptOptions = z.strictObject({
  script: z.string().min(1).max(100_000),
  shell: z.enum(['sh', 'bash']).default('sh'),
  /** What a repetition would do; an `irreversible` script is never repeated, and locks its architecture. */
  effect: Effect.default('idempotent'),
  timeoutMs: z.number().int().positive().nullable().default(null),
});
export type ScriptOptions = z.infer<typeof ScriptOptions>;

const readOptions = (task: Task): ScriptOptions => {
  const parsed = ScriptOptions.safeParse(task.options);
  if (parsed.success) return parsed.data;
  const problem = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new SignalboxError('TASK_OPTIONS', { task: task.key, problem });
};

/** What the log announces: the whole of a one-liner, else its first line of code. */
const toShown = (text: string): string => {
  const lines = text.trim().split('\n');
  const first = lines.find((line) => !line.trim().startsWith('#') && line.trim() !== '') ?? lines[0] ?? '';
  return lines.length > 1 ? `${first.trim()} …` : first.trim();
};

/** Shell commands as one step. Whether a runner takes them at all is its own policy. */
export const script: Plugin = {
  kinds: ['script'],
  check: (task) => void readOptions(task),
  effectOf: (task) => readOptions(task).effect,
  compile({ spec }) {
    const { script: text, shell, effect, timeoutMs } = readOptions(spec.task);
    return [
      {
        key: 'script',
        effect,
        program: shell,
        args: ['-e', '-c', text],
        shown: toShown(text),
        env: { ...spec.variables },
        format: 'plain',
        softSignal: 'group',
        okExitCodes: [0],
        timeoutMs,
        graceMs: GRACE_MS,
        exclusive: false,
        // Killed, or never started for want of the host: a repetition is what its effect allows.
        retries: effect === 'irreversible' ? 0 : 1,
      },
    ];
  },
  createReader: () => ({
    line: (line) => ({ text: `${line}\n`, events: [] }),
    evidence: () => ({ summary: null, error: null, facts: {} }),
  }),
  judge({ step, exitCode, evidence }) {
    if (exitCode === 0) return { conclusion: 'succeeded', reason: null, evidence };
    const failure = new SignalboxError('STEP_FAILED', { step: step.key, exitCode });
    return { conclusion: 'failed', reason: toReason(failure), evidence };
  },
  conclude: () => ({ summary: null, outputs: {} }),
};
