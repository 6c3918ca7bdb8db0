import { createClock } from '../../io/clock.ts';
import { createHttp } from '../../io/http.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { checkConfiguration } from '../check/check-configuration.ts';
import { checkEndpoint, checkLive } from '../check/check-control-plane.ts';
import { checkData, checkRunnerDirectories } from '../check/check-directories.ts';
import { checkCage, checkEnvironment, checkTools } from '../check/check-host.ts';
import type { Finding } from '../check/finding.ts';
import type { Command, CommandContext, Output } from '../command.ts';
import { toDataDirectories } from '../compose/data-directories.ts';
import { readLiveFile } from '../compose/live-file.ts';
import { textOf } from '../option-values.ts';
import { CONFIG_OPTIONS } from '../runner/read-configuration.ts';

const COLOURS = { ok: 32, warning: 33, failed: 31 } as const;
const WIDTH = 'runner directories'.length;

const tell = (output: Output, { subject, level, says, remedy }: Finding): void => {
  const word = level.padEnd('warning'.length);
  const shown = output.hasColours ? `\u001b[${COLOURS[level]}m${word}\u001b[39m` : word;
  output.say(`${shown}  ${subject.padEnd(WIDTH)}  ${says}`);
  if (remedy !== undefined) output.say(`${' '.repeat('warning'.length + 2 + WIDTH + 2)}${remedy}`);
  output.event({ type: 'check', subject, level, says, remedy: remedy ?? null });
};

const find = async function* (context: CommandContext): AsyncGenerator<Finding> {
  const { data, env, options } = context;
  const clock = createClock();
  const http = createHttp({ clock });
  try {
    const { found, findings } = await checkConfiguration(context);
    yield* findings;
    const config = found?.config ?? null;
    yield await checkData(data);
    if (config !== null) yield* await checkRunnerDirectories(config, data);
    yield* await checkTools({
      cacheDir: config?.cacheDirectory ?? toDataDirectories(data).cache,
      path: config?.terraformPath ?? textOf(options, 'terraform') ?? null,
      environmentPath: env['PATH'] ?? '',
      mayDownload: config === null || config.releasesUrl !== null,
    });
    yield await checkCage();
    yield checkEnvironment(env, config?.passEnvironment ?? []);
    yield config === null
      ? await checkLive(await readLiveFile(data).catch(() => null), http, clock)
      : await checkEndpoint(config, http);
  } finally {
    await http.close();
  }
};

export const checkCommand: Command = {
  name: 'check',
  summary: 'Look at this host: what works, what is missing, and what to do.',
  usage: 'check [--config FILE]',
  description: `Reads the configuration of a runner where there is one, looks at the directories, the tools, what can be put around a
step, the environment, and whether the control plane answers and knows the token. It downloads nothing and starts nothing.
It ends with 1 where something failed; warnings do not count.`,
  options: CONFIG_OPTIONS,
  examples: [
    { line: 'signalbox check', says: 'whether `up` and `run` will work here' },
    { line: 'signalbox check --config runner-config.yaml', says: 'whether this runner will' },
  ],
  run: async (context) => {
    const { positionals, output } = context;
    if (positionals.length > 0)
      throw new SignalboxError('USAGE', { problem: '`check` takes no arguments', command: 'check' });
    let isFine = true;
    for await (const finding of find(context)) {
      tell(output, finding);
      if (finding.level === 'failed') isFine = false;
    }
    output.event({ type: 'result', status: isFine ? 'ok' : 'failed' });
    return isFine ? 0 : 1;
  },
};
