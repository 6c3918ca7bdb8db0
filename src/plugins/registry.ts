import { SignalboxError } from '../protocol/errors.ts';
import type { TaskKind } from '../protocol/job.ts';
import type { Plugin } from './plugin.ts';
import { script } from './script/script.ts';
import { terraform } from './terraform/terraform.ts';

export const PLUGINS: readonly Plugin[] = [terraform, script];

/** Throws `TASK_KIND`. */
export const findPlugin = (kind: TaskKind): Plugin => {
  const plugin = PLUGINS.find(({ kinds }) => kinds.includes(kind));
  if (!plugin) throw new SignalboxError('TASK_KIND', { kind });
  return plugin;
};
