import { SignalboxError } from '../../protocol/errors.ts';
import type { Secret } from '../../protocol/job.ts';
import type { CommandContext } from '../command.ts';
import { textsOf } from '../option-values.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const read = (name: string, flag: string, candidates: readonly string[], env: NodeJS.ProcessEnv): string => {
  // A value never stands on the command line, where every process of the host can read it; so it is not repeated either.
  const problem = `\`--${flag}\` takes a name; its value comes from the environment`;
  if (!NAME.test(name)) throw new SignalboxError('USAGE', { problem, command: 'run' });
  const value = candidates.map((candidate) => env[candidate]).find((found) => found !== undefined && found !== '');
  if (value === undefined) throw new SignalboxError('SECRET_MISSING', { name });
  return value;
};

/** Values of `--secret-var` and `--secret-env`, from the environment. Throws `SECRET_MISSING`, `USAGE`. */
export const readSecrets = (options: CommandContext['options'], env: NodeJS.ProcessEnv): Secret[] => [
  ...textsOf(options, 'secret-var').map((name): Secret => {
    return { name, as: 'variable', value: read(name, 'secret-var', [name, `TF_VAR_${name}`], env) };
  }),
  ...textsOf(options, 'secret-env').map((name): Secret => {
    return { name, as: 'environment', value: read(name, 'secret-env', [name], env) };
  }),
];
