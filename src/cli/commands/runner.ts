import { resolve } from 'node:path';
import { createClock } from '../../io/clock.ts';
import { createJobFiles } from '../../io/disk/job-files.ts';
import { serveHealth } from '../../io/health.ts';
import { createLogger, type Logger } from '../../io/logger.ts';
import { createPrettyLogger } from '../../io/pretty-logger.ts';
import { toDuration } from '../../io/config/duration.ts';
import type { RunnerConfig } from '../../io/config.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Command } from '../command.ts';
import { toDataDirectories } from '../compose/data-directories.ts';
import type { ConfiguredRunner } from '../compose/runner.ts';
import { chooseDirectories } from '../runner/directories.ts';
import { findExposures } from '../runner/find-exposures.ts';
import { CONFIG_OPTIONS, readConfiguration } from '../runner/read-configuration.ts';
import { toError } from '../runner/to-error.ts';
import { VERSION } from '../version.ts';

const openLog = ({ log }: RunnerConfig): Logger =>
  log.format === 'json'
    ? createLogger({ level: log.level })
    : createPrettyLogger({ level: log.level, clock: createClock(), write: (line) => process.stderr.write(line) });

const serveNumbers = async (runner: ConfiguredRunner, { metrics, slots }: RunnerConfig, logger: Logger) => {
  if (metrics === null) return null;
  // The package is loaded only where somebody wants it.
  const { createMetrics } = await import('../../io/metrics.ts');
  const { held, isOnline, problem } = runner;
  const health = await serveHealth({
    ...metrics,
    // Its code alone: paths of this host are nobody's business who may ask here.
    obstacle: () => (isOnline() ? (problem()?.code ?? null) : 'no session'),
    metrics: createMetrics({ held, isOnline, problem, slots, version: VERSION }),
  });
  logger.info({ hostname: metrics.hostname, port: health.port }, 'metrics are served');
  return health;
};

const toJobs = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`);

export const runnerCommand: Command = {
  name: 'runner',
  summary: 'Take jobs from a control plane and run them on this host.',
  usage: 'runner [--config FILE] [--endpoint URL --token-file FILE]',
  description: `Calls the control plane, never the other way round, takes jobs, and runs them. What it needs is its token (made by
\`signalbox token create\`) and the address; both may stand in a configuration file, whose keys docs/configuration.md names.

The first Ctrl-C or SIGTERM drains: it takes nothing new and waits for its jobs, up to \`runner.stop_grace\`. The second ends
it at once. What still runs then goes on by itself, and the next start of the same runner takes it over.`,
  options: CONFIG_OPTIONS,
  examples: [
    { line: 'signalbox runner --endpoint http://127.0.0.1:7700 --token-file runner.token', says: 'without a file' },
    { line: 'signalbox runner --config runner-config.yaml', says: 'with one' },
    { line: 'RUNNER_TOKEN=… signalbox runner -l debug', says: 'the usual file, and the token from the environment' },
  ],
  run: async (context) => {
    const { positionals, data, output, interrupted } = context;
    if (positionals.length > 0)
      throw new SignalboxError('USAGE', { problem: '`runner` takes no arguments', command: 'runner' });
    const found = await readConfiguration(context);
    if (found === null) throw new SignalboxError('CONFIG_NO_ENDPOINT');
    const { config, files } = found;
    const logger = openLog(config);
    const directories = await chooseDirectories(config, toDataDirectories(data));
    if (directories.isVolatile)
      logger.warn({ path: directories.state }, 'the state may not outlive this host: set runner.state_dir');
    for (const key of config.unused)
      logger.warn({ key }, 'this key is read, and changes nothing: steps run as processes of this host');

    const { startConfiguredRunner } = await import('../compose/runner.ts');
    const runner = await startConfiguredRunner({
      ...config,
      stateDirectory: directories.state,
      temporaryDirectory: directories.temporary,
      cacheDirectory: directories.cache,
      // The data directory holds the keys of a control plane of this user, where there is one.
      hidden: [directories.state, ...files, resolve(toDataDirectories(data).hidden)],
      logger,
    });
    const isNamespaced = runner.cage.endsWith('namespaces');
    for (const pid of isNamespaced ? [] : findExposures(config.token))
      logger.warn({ pid }, 'the process that started this runner shows the token to every step: use a token file');
    let health: Awaited<ReturnType<typeof serveNumbers>> = null;
    const drain = () => {
      output.say(`Draining: ${toJobs(runner.held())} to finish, for at most ${toDuration(config.stopGraceMs)}.`);
      output.event({ type: 'runner', status: 'draining', jobs: runner.held() });
      runner.drain();
    };
    try {
      health = await serveNumbers(runner, config, logger);
      output.say(
        `Runner ${config.name} asks ${config.endpoint} for jobs, at most ${config.slots} at a time. Ctrl-C drains it.`,
      );
      output.event({
        type: 'runner',
        status: 'started',
        name: config.name,
        endpoint: config.endpoint,
        cage: runner.cage,
      });
      if (interrupted.aborted) drain();
      else interrupted.addEventListener('abort', drain, { once: true });
      const { failed, reason } = await runner.over;
      if (failed) throw toError(reason ?? { code: 'UNEXPECTED', message: 'the runner ended without a reason' });
      const left = (await createJobFiles(directories.state).unsealed()).length;
      if (left > 0) output.say(`${toJobs(left)} left running; the next start of this runner takes over.`);
      output.event({ type: 'runner', status: 'stopped', jobs: left });
      return 0;
    } finally {
      interrupted.removeEventListener('abort', drain);
      await health?.close();
      await runner.close();
    }
  },
};
