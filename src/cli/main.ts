import { createClock } from '../io/clock.ts';
import { createLogger, type Logger, type LogLevel } from '../io/logger.ts';
import { createPrettyLogger } from '../io/pretty-logger.ts';
import { SignalboxError } from '../protocol/errors.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { COMMANDS } from './commands-table.ts';
import { defaultDataDirectory } from './compose/data-directories.ts';
import { tellFailure } from './failure.ts';
import { toHelp, toOverview } from './help.ts';
import { leaveSecrets } from './leave-secrets.ts';
import { textOf } from './option-values.ts';
import { createOutput } from './output.ts';
import { VERSION } from './version.ts';

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];
const INTERRUPTED = 130;

/** The first signal asks the command to end in its own way; the second ends the process. */
const listenForSignals = (): AbortSignal => {
  const interrupted = new AbortController();
  const onSignal = () => {
    if (interrupted.signal.aborted) process.exit(INTERRUPTED);
    interrupted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return interrupted.signal;
};

/** Whoever reads us may leave early (`| head`): what runs is not given up for that. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
};

const readLevel = (text: string | undefined, command: string): LogLevel => {
  const level = LEVELS.find((one) => one === (text ?? 'warn').toLowerCase());
  if (level !== undefined) return level;
  throw new SignalboxError('USAGE', {
    problem: `\`--log-level\` takes ${LEVELS.join(', ')}, not \`${text}\``,
    command,
  });
};

const readData = (options: Arguments['options'], command: string): string => {
  const data = textOf(options, 'data');
  if (data !== '') return data ?? defaultDataDirectory(process.env);
  throw new SignalboxError('USAGE', { problem: '`--data` takes a directory', command });
};

const main = async (args: readonly string[]): Promise<number> => {
  const { env, stdin, stdout, stderr } = process;
  const interrupted = listenForSignals();
  outliveReaders();
  const output = createOutput({ stdin, stdout, stderr, isJson: args.includes('--json'), env, interrupted });
  const { tell } = output;
  const createLog = (level: LogLevel): Logger =>
    output.isJson
      ? createLogger({ level })
      : createPrettyLogger({ level, clock: createClock(), write: (line) => tell(line.trimEnd()) });
  let logger = createLog('warn');
  try {
    const { command, positionals, options } = readArguments(args, COMMANDS);
    if (options['version'] === true) {
      stdout.write(`${VERSION}\n`);
      return 0;
    }
    if (command === null || options['help'] === true) {
      stdout.write(command === null ? toOverview(COMMANDS) : toHelp(command));
      return options['help'] === true ? 0 : 2;
    }
    logger = createLog(readLevel(textOf(options, 'log-level') ?? (env['LOG_LEVEL'] || undefined), command.name));
    const data = readData(options, command.name);
    return await command.run({ positionals, options, data, output, logger, env, interrupted });
  } catch (error) {
    return tellFailure(error, { output, logger, tell });
  }
};

leaveSecrets();
process.exit(await main(process.argv.slice(2)));
