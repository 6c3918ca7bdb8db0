import { hostname } from 'node:os';
import { SignalboxError } from '../protocol/errors.ts';
import { readEndpoint } from './config/endpoint.ts';
import { ConfigFile } from './config/schema.ts';
import { toProblem } from './config/to-problem.ts';
import type { LogLevel } from './logger.ts';
import { readYaml } from './yaml.ts';

/** What a runner was configured with, checked; durations in milliseconds. */
export interface RunnerConfig {
  log: { level: LogLevel; format: 'json' | 'pretty' };
  name: string;
  token: string;
  endpoint: string;
  slots: number;
  pollIntervalMs: number;
  httpTimeoutMs: number;
  maxExecutionMs: number;
  stopGraceMs: number;
  minFreeDiskBytes: number;
  temporaryDirectory: string;
  /** Null: the caller's default. */
  stateDirectory: string | null;
  cacheDirectory: string | null;
  allowsScripts: boolean;
  passEnvironment: readonly string[];
  terraformPath: string | null;
  /** Null: nothing is downloaded. */
  releasesUrl: { terraform?: string; tofu?: string } | null;
  metrics: { hostname: string; port: number } | null;
  /** Keys that were read and change nothing, for a warning. */
  unused: readonly string[];
}

/** What flags gave; they win over file and environment. */
export interface ConfigFlags {
  endpoint?: string;
  token?: string;
  name?: string;
  level?: string;
  terraformPath?: string;
  noMetrics?: boolean;
}

/**
 * The text of a configuration file (empty: none), the environment and the flags → one checked configuration. Throws
 * `CONFIG_INVALID` with everything that is wrong, `CONFIG_NO_ENDPOINT`, `CONFIG_FOREIGN_ENDPOINT`.
 */
export const readConfig = (
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  given: { file: string; flags?: ConfigFlags },
): RunnerConfig => {
  const { file, flags = {} } = given;
  const invalid = (problem: string) => new SignalboxError('CONFIG_INVALID', { file, problem });
  const written = withoutNulls(parse(text, invalid) ?? {}) as { log?: object };
  const level = flags.level ?? (env['LOG_LEVEL'] || undefined);
  const isSection = typeof written === 'object' && !Array.isArray(written);
  if (!isSection) throw invalid('it is no list of sections');
  const parsed = ConfigFile.safeParse(
    level === undefined ? written : { ...written, log: { ...written.log, level: level.toLowerCase() } },
    { reportInput: true },
  );
  if (!parsed.success) throw invalid(toProblem(parsed.error.issues));
  const { log, runner, api, executor, policy, tools, metrics } = parsed.data;

  const endpoint = readEndpoint(flags.endpoint ?? api.endpoint, file);
  const token = (flags.token ?? runner.token ?? env['RUNNER_TOKEN'] ?? '').trim();
  if (token === '') throw invalid('there is no token: set `runner.token`, RUNNER_TOKEN or `--token-file FILE`');
  if (!/^[\x21-\x7e]+$/.test(token)) throw invalid('the token holds characters that no token has');
  const { terraform_releases: terraform, opentofu_releases: tofu } = tools;
  return {
    log,
    name: flags.name ?? runner.name ?? hostname(),
    token,
    endpoint,
    slots: runner.concurrency,
    pollIntervalMs: runner.poll_interval,
    httpTimeoutMs: api.http_timeout,
    maxExecutionMs: runner.job_max_execution_time,
    stopGraceMs: runner.stop_grace,
    minFreeDiskBytes: runner.min_free_disk,
    temporaryDirectory: runner.temporary_dir ?? (env['RUNNER_TEMP_DIR'] || '/tmp/brainboard-runner'),
    stateDirectory: runner.state_dir ?? null,
    cacheDirectory: runner.cache_dir ?? null,
    allowsScripts: policy.scripts,
    passEnvironment: runner.pass_environment,
    terraformPath: flags.terraformPath ?? tools.path ?? null,
    releasesUrl: tools.downloads
      ? { ...(terraform !== undefined && { terraform }), ...(tofu !== undefined && { tofu }) }
      : null,
    metrics: metrics.enabled && !flags.noMetrics ? { hostname: metrics.hostname, port: metrics.port } : null,
    unused: Object.keys(executor.docker).map((name) => `executor.docker.${name}`),
  };
};

const parse = (text: string, invalid: (problem: string) => SignalboxError): unknown => {
  try {
    return readYaml(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
};

/** A key with nothing behind it counts as not written. */
const withoutNulls = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutNulls(inner)]));
};
