import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readConfig, type RunnerConfig } from '../../io/config.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { CommandContext, Option } from '../command.ts';
import { isOn, textOf } from '../option-values.ts';

const USUAL_FILE = '/etc/brainboard-runner/config.yaml';

/** What `runner` and `check` take to find a configuration. */
export const CONFIG_OPTIONS = {
  config: {
    type: 'string',
    value: 'FILE',
    description: `Configuration file (RUNNER_CONFIG_FILE, else ${USUAL_FILE}).`,
  },
  endpoint: { type: 'string', value: 'URL', description: 'Address of the control plane (`api.endpoint`).' },
  'token-file': {
    type: 'string',
    value: 'FILE',
    description: 'File that holds the runner token (else `runner.token`, RUNNER_TOKEN).',
  },
  name: { type: 'string', value: 'NAME', description: 'Name of the runner (`runner.name`, else the host’s).' },
  level: {
    type: 'string',
    short: 'l',
    value: 'LEVEL',
    description: 'trace, debug, info, warn or error (`log.level`).',
  },
  terraform: { type: 'string', value: 'PATH', description: 'The Terraform or OpenTofu binary to run (`tools.path`).' },
  'no-metrics': { type: 'boolean', description: 'Serve no /metrics, /livez and /readyz (`metrics.enabled: false`).' },
} as const satisfies Record<string, Option>;

export interface Configuration {
  config: RunnerConfig;
  /** Files that hold the token, or may: hidden from steps. */
  files: readonly string[];
}

const readText = async (file: string, what: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? `${what}: there is no such file` : `${what}: ${message}`;
    throw new SignalboxError('CONFIG_INVALID', { file, problem }, { cause: error });
  }
};

/** The file that is named, or the usual one where it is there; null: none. */
const findFile = async ({
  options,
  env,
}: Pick<CommandContext, 'options' | 'env'>): Promise<{ file: string; text: string } | null> => {
  const named = textOf(options, 'config') ?? (env['RUNNER_CONFIG_FILE'] || undefined);
  if (named !== undefined) return { file: named, text: await readText(named, 'it cannot be read') };
  const text = await readFile(USUAL_FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new SignalboxError('CONFIG_INVALID', { file: USUAL_FILE, problem: error.message }, { cause: error });
  });
  return text === null ? null : { file: USUAL_FILE, text };
};

/** Null: neither a file nor `--endpoint` says anything about a runner. Throws the sentences of a configuration that will not do. */
export const readConfiguration = async (
  context: Pick<CommandContext, 'options' | 'env'>,
): Promise<Configuration | null> => {
  const { options, env } = context;
  const found = await findFile(context);
  const endpoint = textOf(options, 'endpoint');
  if (found === null && endpoint === undefined) return null;
  const tokenFile = textOf(options, 'token-file');
  const token = tokenFile === undefined ? undefined : (await readText(tokenFile, 'the token cannot be read')).trim();
  const [name, level, terraformPath] = ['name', 'level', 'terraform'].map((option) => textOf(options, option));
  const config = readConfig(found?.text ?? '', env, {
    file: found?.file ?? 'of the command line',
    flags: {
      ...(endpoint !== undefined && { endpoint }),
      ...(token !== undefined && { token }),
      ...(name !== undefined && { name }),
      ...((level ?? textOf(options, 'log-level')) !== undefined && {
        level: level ?? textOf(options, 'log-level') ?? '',
      }),
      ...(terraformPath !== undefined && { terraformPath }),
      noMetrics: isOn(options, 'no-metrics'),
    },
  });
  return { config, files: [found?.file, tokenFile].filter((file) => file !== undefined).map((file) => resolve(file)) };
};
