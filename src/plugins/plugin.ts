import type { AttemptEvent, Outputs, Summary } from '../protocol/attempt.ts';
import type { Effect, JobSpec, StepSpec, Task, TaskKind } from '../protocol/job.ts';
import type { Conclusion, Reason } from '../protocol/status.ts';

/** The tool that was found or downloaded for this job. `shown` is what the log calls it: `terraform`, `opentofu`. */
export interface Tool {
  name: 'terraform' | 'tofu';
  shown: string;
  path: string;
  version: string;
}

/** What a plugin knows when it compiles: facts only, nothing to call. */
export interface CompileContext {
  spec: JobSpec;
  /** Null for kinds that need none. */
  tool: Tool | null;
  /** Absolute path of the module as the step sees it. */
  cwd: string;
  /** Names in the module's folder (no path), to tell which files are there. */
  files: readonly string[];
  /** False where the workspace needs no `init` before an apply (plan restored, no providers: terraform-and-iac.md E-26). */
  needsInit: boolean;
  /** Directory of the host's provider cache; null: none. */
  providerCache: string | null;
}

/** What happened in a step, gathered from its stream by the plugin's own reader. Plain JSON. */
export interface StepEvidence {
  summary: Summary | null;
  /** First error the tool itself reported: title, then where and why. */
  error: string | null;
  /** Free for the plugin that gathered it. */
  facts: Record<string, unknown>;
}

/** Reads one step's `tool-json` stream line by line: the text people know, and what the control plane is told. */
export interface StreamReader {
  /** `line` without its newline; `text` is what the log shows, newlines included, or empty. */
  line(line: string): { text: string; events: AttemptEvent[] };
  evidence(): StepEvidence;
}

export interface JudgeInput {
  spec: JobSpec;
  step: StepSpec;
  exitCode: number;
  evidence: StepEvidence;
  /** The whole output of a `document` step; of a `plain` one that failed, its end; else null. */
  document: string | null;
  /** Evidence of the job's earlier steps by key. */
  earlier: Readonly<Record<string, StepEvidence>>;
}

/** Exit code *and* evidence; a contradiction is an error, never green. */
export interface Verdict {
  conclusion: Extract<Conclusion, 'succeeded' | 'failed'>;
  reason: Reason | null;
  /** Evidence to keep of this step, in place of the reader's (a `document` step has no reader). */
  evidence?: StepEvidence;
  /** Text for the log after the step's own output, newlines included: what a `document` says, in words. */
  shownText?: string;
  /** Steps to run next, before those already planned: what a survey found out. */
  followedBy?: StepSpec[];
  /** True: the steps already planned are dropped; there is nothing left to do. */
  nothingLeft?: boolean;
  /**
   * True: it failed by what is around the code (network, registry, endpoint), so that the same command may succeed a
   * moment later. Never of an `irreversible` step.
   */
  transient?: boolean;
}

/** Several kinds may share one implementation (`terraform`, `opentofu`). */
export interface Plugin {
  kinds: readonly TaskKind[];
  /** Throws `TASK_OPTIONS`. */
  check(task: Task): void;
  /** The strongest effect of its steps: `irreversible` locks the architecture while the job runs. */
  effectOf(task: Task): Effect;
  compile(context: CompileContext): StepSpec[];
  createReader(step: StepSpec): StreamReader;
  judge(input: JudgeInput): Verdict;
  /** What the job as a whole leaves: its summary and outputs. `state`: the final state file's text, null: none. */
  conclude(input: { spec: JobSpec; evidence: Readonly<Record<string, StepEvidence>>; state: string | null }): {
    summary: Summary | null;
    outputs: Outputs;
  };
}
