import { SignalboxError } from '../../protocol/errors.ts';
import type { JobSpec, StepSpec } from '../../protocol/job.ts';
import type { CompileContext, Tool } from '../plugin.ts';
import { readOptions } from './options.ts';
import {
  createApplyStep,
  createImportSteps,
  createInitStep,
  createPlanSteps,
  createSurveySteps,
  createValidateStep,
  type Command,
} from './steps.ts';
import { toTargetPattern } from './target.ts';

const LOCK_FILE = '.terraform.lock.hcl';

/** OpenTofu takes variables beside a saved plan since 1.8; older ones, and Terraform before 1.10, refuse them. */
const mayRestate = ({ name, version }: Tool): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return name === 'tofu' && (major > 1 || (major === 1 && minor >= 8));
};

const toEnv = (spec: JobSpec, providerCache: string | null): Record<string, string> => ({
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
  CHECKPOINT_DISABLE: '1',
  ...(providerCache === null
    ? {}
    : { TF_PLUGIN_CACHE_DIR: providerCache, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: '1' }),
  ...Object.fromEntries(Object.entries(spec.variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
});

/** The job's target, else the task's; null: everything. */
export const toTarget = (spec: JobSpec): string | null => spec.target ?? readOptions(spec.task).target;

/** A task → its steps. What a survey finds out later comes from the judge. */
export const compile = ({ spec, tool, files, needsInit, providerCache }: CompileContext): StepSpec[] => {
  const { action } = readOptions(spec.task);
  if (!tool) throw new SignalboxError('TOOL_MISSING', { tool: spec.task.kind, problem: 'none was prepared' });
  const command: Command = { program: tool.path, shown: tool.shown, env: toEnv(spec, providerCache) };
  const init = createInitStep(command, {
    backend: action !== 'validate',
    lockFile: files.includes(LOCK_FILE),
    exclusive: providerCache !== null,
  });
  if (action === 'validate') return [init, createValidateStep(command)];
  if (action === 'import') return [init, ...createImportSteps(command, spec)];

  const apply = () => createApplyStep(command, spec, { restate: mayRestate(tool) });
  const changes = action === 'apply' || action === 'destroy';
  if (changes && spec.plan) {
    if (action === 'destroy' && !spec.plan.manifest.destroy) {
      const problem = 'the saved plan it is given was not made with `-destroy`';
      throw new SignalboxError('TASK_OPTIONS', { task: spec.task.key, problem });
    }
    return [...(needsInit ? [init] : []), apply()];
  }

  const target = toTarget(spec);
  if (target !== null) toTargetPattern(target);
  const planning = target === null ? createPlanSteps(command, spec, []) : createSurveySteps(command, spec);
  return [init, ...planning, ...(changes ? [apply()] : [])];
};
