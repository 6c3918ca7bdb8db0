import * as z from 'zod';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/job.ts';
import { toTargetPattern } from './target.ts';

/** One object that exists, and the address that shall manage it from now on. */
export const Import = z.strictObject({
  /** Never taken for a flag. */
  address: z
    .string()
    .max(2000)
    .regex(/^[\p{L}_][^\0]*$/u, 'not a resource address'),
  id: z
    .string()
    .max(4000)
    .regex(/^[^\0]+$/, 'not an id'),
});

/** As many as one task takes. */
export const MAX_IMPORTS = 1000;

export const TerraformOptions = z.strictObject({
  action: z.enum(['validate', 'plan', 'apply', 'destroy', 'import']),
  /** `import` only: what is imported, in this order. */
  imports: z.array(Import).min(1).max(MAX_IMPORTS).nullable().default(null),
  /** `plan` only: plan the removal of everything. */
  destroy: z.boolean().default(false),
  /** Regular expression over resource addresses; the job's own target goes before it. */
  target: z.string().nullable().default(null),
  /** How many operations run at once; null: the tool's own number. */
  parallelism: z.number().int().min(1).max(256).nullable().default(null),
});
export type TerraformOptions = z.infer<typeof TerraformOptions>;

/** A task's options, checked. Throws `TASK_OPTIONS` or `TARGET_INVALID`. */
export const readOptions = (task: Task): TerraformOptions => {
  const parsed = TerraformOptions.safeParse(task.options);
  const refuse = (problem: string) => new SignalboxError('TASK_OPTIONS', { task: task.key, problem });
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const options = parsed.data;
  if (options.destroy && options.action !== 'plan') throw refuse('`destroy` belongs to the action `plan`');
  if (options.action === 'import' && options.imports === null) throw refuse('the action `import` needs `imports`');
  if (options.action !== 'import' && options.imports !== null) throw refuse('`imports` belongs to the action `import`');
  if (options.target !== null) toTargetPattern(options.target);
  return options;
};
