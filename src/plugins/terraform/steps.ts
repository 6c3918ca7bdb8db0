import type { JobSpec, StepSpec } from '../../protocol/job.ts';
import { toCommandLine } from './command-line.ts';
import { readOptions } from './options.ts';

export const PLAN_FILE = 'tfplan';
export const SURVEY_FILE = 'survey.tfplan';
const IMPORT = 'import';
/** `import`, `import-2`, … */
export const isImport = (key: string): boolean => key === IMPORT || /^import-\d+$/.test(key);

const READ_GRACE_MS = 60_000;
/** A read step that was killed, or that met a world that was not well, is tried once more; `init` twice. */
const READ_RETRIES = 1;
const INIT_RETRIES = 2;

/** What all steps of a job have in common. */
export interface Command {
  program: string;
  shown: string;
  env: Record<string, string>;
}
type Own = Pick<StepSpec, 'key' | 'args'> & Partial<StepSpec>;

/** Never repeated, and given until the job's deadline to end by itself. */
const IRREVERSIBLE = { effect: 'irreversible', graceMs: null, retries: 0 } as const;

/** A read step that is judged by its whole output; the others name what they have otherwise. */
const toStep = (command: Command, own: Own): StepSpec => ({
  effect: 'read',
  program: command.program,
  shown: toCommandLine(command.shown, own.args),
  env: command.env,
  format: 'document',
  softSignal: 'leader',
  okExitCodes: [0],
  timeoutMs: null,
  graceMs: READ_GRACE_MS,
  exclusive: false,
  retries: READ_RETRIES,
  ...own,
});

/** Only fills the workspace, so that it may be repeated; one at a time where a provider cache is shared. */
export const createInitStep = (
  command: Command,
  use: { backend: boolean; lockFile: boolean; exclusive: boolean },
): StepSpec => {
  const flags = [use.backend ? [] : ['-backend=false'], use.lockFile ? ['-lockfile=readonly'] : []].flat();
  return toStep(command, {
    key: 'init',
    args: ['init', ...flags, '-input=false', '-no-color'],
    format: 'plain',
    exclusive: use.exclusive,
    retries: INIT_RETRIES,
  });
};

export const createValidateStep = (command: Command): StepSpec =>
  toStep(command, { key: 'validate', args: ['validate', '-json'], okExitCodes: [0, 1] });

const toVariableArgs = (spec: JobSpec): string[] => [
  ...spec.varFiles.map((path) => `-var-file=${path}`),
  // Beside the environment, which a `terraform.tfvars` in the source would beat.
  ...Object.entries(spec.variables).map(([name, value]) => `-var=${name}=${value}`),
];

const toPlanArgs = (spec: JobSpec, file: string, targets: readonly string[]): string[] => {
  const { action, destroy, parallelism } = readOptions(spec.task);
  return [
    `-out=${file}`,
    ...(destroy || action === 'destroy' ? ['-destroy'] : []),
    ...(parallelism === null ? [] : [`-parallelism=${parallelism}`]),
    ...toVariableArgs(spec),
    ...targets.map((address) => `-target=${address}`),
  ];
};

/** Plans into a file, then shows that file: the verdict needs both. */
export const createPlanSteps = (command: Command, spec: JobSpec, targets: readonly string[]): StepSpec[] => [
  toStep(command, {
    key: 'plan',
    args: ['plan', '-input=false', '-detailed-exitcode', '-json', ...toPlanArgs(spec, PLAN_FILE, targets)],
    format: 'tool-json',
    okExitCodes: [0, 2],
  }),
  toStep(command, { key: 'show', args: ['show', '-json', PLAN_FILE] }),
];

/** A plan of everything, to learn which addresses there are. */
export const createSurveySteps = (command: Command, spec: JobSpec): StepSpec[] => [
  toStep(command, {
    key: 'survey',
    args: ['plan', '-input=false', '-json', ...toPlanArgs(spec, SURVEY_FILE, [])],
    okExitCodes: [0, 1],
  }),
  toStep(command, { key: 'survey-show', args: ['show', '-json', SURVEY_FILE] }),
];

/**
 * `restate`: OpenTofu compares the values that it finds at the apply with those in the plan, and refuses where a
 * `terraform.tfvars` now beats the environment (measured).
 */
export const createApplyStep = (command: Command, spec: JobSpec, { restate }: { restate: boolean }): StepSpec => {
  const { parallelism } = readOptions(spec.task);
  const flags = [
    ...(parallelism === null ? [] : [`-parallelism=${parallelism}`]),
    ...(restate ? toVariableArgs(spec) : []),
  ];
  return toStep(command, {
    key: 'apply',
    args: ['apply', '-input=false', '-json', ...flags, PLAN_FILE],
    format: 'tool-json',
    ...IRREVERSIBLE,
  });
};

/** One step an object: each writes the state, and where one fails the ones before it stay imported. */
export const createImportSteps = (command: Command, spec: JobSpec): StepSpec[] =>
  (readOptions(spec.task).imports ?? []).map(({ address, id }, index) =>
    toStep(command, {
      key: index === 0 ? IMPORT : `${IMPORT}-${index + 1}`,
      // The address goes first: behind it nothing is taken for a flag, whatever an id looks like.
      args: ['import', '-input=false', '-no-color', ...toVariableArgs(spec), address, id],
      format: 'plain',
      ...IRREVERSIBLE,
    }),
  );
