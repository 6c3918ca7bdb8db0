import { SignalboxError } from '../../protocol/errors.ts';
import type { Secret } from '../../protocol/job.ts';
import { Name } from '../../protocol/rest.ts';
import type { CommandContext } from '../command.ts';
import { isOn, numberOf, textOf, textsOf } from '../option-values.ts';
import { readToolChoice, type ToolChoice } from '../tool-options.ts';
import { readSecrets } from './read-secrets.ts';

/** What `run` was asked for, checked as far as that goes without looking at anything. */
export interface RunRequest {
  directory: string;
  root: string | null;
  maxBundleBytes: number;
  /** `existing`: it must be there; `new`: it must not; null: as the link file says, else the directory's name. */
  architecture: { name: string; wish: 'existing' | 'new' } | null;
  kind: 'terraform' | 'opentofu' | null;
  isApply: boolean;
  isApproved: boolean;
  isDestroy: boolean;
  localState: 'import' | 'ignore' | null;
  variables: Record<string, string>;
  varFiles: readonly string[];
  secrets: Secret[];
  target: string | null;
  port: number;
  tools: ToolChoice;
}

const DEFAULT_PORT = 7700;
const MAX_BUNDLE_BYTES = 100 * 1024 ** 2;
/** What the schema of a variable's name allows in the tool. */
const VARIABLE = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'run' });

const readVariables = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, Math.max(at, 0)).trim();
      if (VARIABLE.test(name)) return [name, text.slice(at + 1)];
      throw usage(`\`--var\` takes NAME=VALUE, not \`${text}\``);
    }),
  );

const readArchitecture = (options: CommandContext['options']): RunRequest['architecture'] => {
  const existing = textOf(options, 'architecture');
  const made = textOf(options, 'new');
  if (existing !== undefined && made !== undefined)
    throw usage('`--architecture` names one that exists, `--new` makes one; give one of them');
  const name = existing ?? made;
  if (name === undefined) return null;
  if (!Name.safeParse(name).success)
    throw usage(`\`${name}\` is no name for an architecture: letters, digits, inner spaces, dots and dashes`);
  return { name, wish: made === undefined ? 'existing' : 'new' };
};

const readKind = (text: string | undefined): RunRequest['kind'] => {
  if (text === undefined || text === 'terraform' || text === 'opentofu') return text ?? null;
  throw usage(`\`--tool\` takes \`terraform\` or \`opentofu\`, not \`${text}\``);
};

/** Throws `USAGE`, `SECRET_MISSING`, and `APPROVAL_NEEDED` where nobody could be asked. */
export const readRunRequest = (context: CommandContext, { canAsk }: { canAsk: boolean }): RunRequest => {
  const { positionals, options, env } = context;
  const [directory, ...rest] = positionals;
  if (directory === undefined) throw usage('`run` takes the directory of the code: `signalbox run ./infrastructure`');
  if (rest.length > 0) throw usage(`\`run\` takes one directory, not also \`${rest[0]}\``);
  const isApply = isOn(options, 'apply');
  const isApproved = isOn(options, 'auto-approve');
  if (isApproved && !isApply) throw usage('`--auto-approve` belongs to `--apply`');
  if (isApply && !isApproved && !canAsk) throw new SignalboxError('APPROVAL_NEEDED');
  const [imports, ignores] = [isOn(options, 'import-state'), isOn(options, 'ignore-local-state')];
  if (imports && ignores) throw usage('`--import-state` and `--ignore-local-state` exclude each other');
  const command = 'run';
  return {
    directory,
    root: textOf(options, 'root') ?? null,
    maxBundleBytes: numberOf(options, 'max-bundle-bytes', {
      otherwise: MAX_BUNDLE_BYTES,
      min: 1,
      max: 999_999_999,
      command,
    }),
    architecture: readArchitecture(options),
    kind: readKind(textOf(options, 'tool')),
    isApply,
    isApproved,
    isDestroy: isOn(options, 'destroy'),
    localState: imports ? 'import' : ignores ? 'ignore' : null,
    variables: readVariables(textsOf(options, 'var')),
    varFiles: textsOf(options, 'var-file'),
    secrets: readSecrets(options, env),
    target: textOf(options, 'target') ?? null,
    port: numberOf(options, 'port', { otherwise: DEFAULT_PORT, min: 0, max: 65_535, command }),
    tools: readToolChoice(options, command),
  };
};
