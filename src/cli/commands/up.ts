import { createClock } from '../../io/clock.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import type { Command } from '../command.ts';
import { openControlPlane } from '../compose/control-plane.ts';
import { toDataDirectories } from '../compose/data-directories.ts';
import { startOwnRunner } from '../compose/own-runner.ts';
import { isOn, numberOf, textOf } from '../option-values.ts';
import { outputsOf, summaryOf, toResultLines } from '../show/words.ts';
import { untilAborted } from '../until-aborted.ts';
import { runDemo } from '../up/run-demo.ts';

const PORT = 7700;

export const upCommand: Command = {
  name: 'up',
  summary: 'Start control plane and runner in one process, on this host.',
  usage: 'up [--demo] [--once] [options]',
  description: `Serves the control plane on loopback, with an embedded database, and brings a runner along that enrols with a
real runner token. It stays up until Ctrl-C; what still runs then goes on, and the next start takes it over.`,
  options: {
    demo: { type: 'boolean', description: 'Import an example, run its workflow and show it.' },
    once: { type: 'boolean', description: 'End with the demo, with its result as exit code.' },
    slots: { type: 'string', value: 'N', description: 'Jobs that the runner runs at once (4).' },
    terraform: { type: 'string', value: 'PATH', description: 'The terraform or tofu to use.' },
  },
  examples: [
    { line: 'signalbox up', says: 'ready for `signalbox run` and for the browser' },
    { line: 'signalbox up --demo', says: 'a pipeline to watch' },
    { line: 'signalbox up --demo --once', says: 'the same as a check: exits 0 when it succeeded' },
  ],
  run: async ({ positionals, options, data, output, logger, env, interrupted }) => {
    const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'up' });
    if (positionals.length > 0) throw usage('`up` takes no arguments');
    if (isOn(options, 'once') && !isOn(options, 'demo')) throw usage('`--once` belongs to `--demo`');
    const port = numberOf(options, 'port', { otherwise: PORT, min: 0, max: 65_535, command: 'up' });
    const slots = numberOf(options, 'slots', { otherwise: 4, min: 1, max: 255, command: 'up' });
    const terraformPath = textOf(options, 'terraform') ?? null;
    const controlPlane = await openControlPlane({
      data,
      host: '127.0.0.1',
      port,
      fallbackToFree: textOf(options, 'port') === undefined,
      database: null,
      publicUrls: [],
      logger,
    });
    const operator = createOperatorClient({
      url: controlPlane.url,
      token: controlPlane.operatorToken,
      clock: createClock(),
    });
    try {
      const runner = await startOwnRunner({ data, operator, logger, terraformPath, slots });
      try {
        if (controlPlane.isFallback) output.say(`Port ${port} is taken; this is port ${controlPlane.port}.`);
        const link = await controlPlane.browserLink();
        output.say(`Signalbox is up at ${controlPlane.url}. Data: ${data}`);
        output.say(`Open this once to sign a browser in: ${link}`);
        output.event({ type: 'up', url: controlPlane.url, port: controlPlane.port, browserLink: link, data });
        let exitCode = 0;
        if (isOn(options, 'demo')) {
          let pipeline: PipelineView | null = null;
          const onStarted = (started: PipelineView) => (pipeline = started);
          const { cache } = toDataDirectories(data);
          const demo = runDemo({
            operator,
            output,
            cacheDirectory: cache,
            terraformPath,
            path: env['PATH'] ?? '',
            onStarted,
          });
          const view = await Promise.race([demo, untilAborted(interrupted).then(() => null)]);
          // Left in the middle: the steps run on, and the next start takes them over.
          if (view === null) void demo.catch(() => {});
          else {
            for (const line of toResultLines(view)) output.say(line);
            output.event({
              type: 'result',
              pipeline: view.id,
              status: view.status,
              summary: summaryOf(view),
              outputs: outputsOf(view),
            });
            exitCode = view.status === 'succeeded' ? 0 : 1;
            output.say('');
            output.say(`Its page: ${controlPlane.url}/pipelines/${view.id}`);
          }
        }
        if (!isOn(options, 'once') && !interrupted.aborted) {
          output.say('Ctrl-C ends it.');
          await untilAborted(interrupted);
          exitCode = 0;
        }
        if (interrupted.aborted) {
          output.progress(null);
          output.say(
            runner.held() > 0 ? 'Ending; what still runs goes on, and the next start takes it over.' : 'Ending.',
          );
          if (isOn(options, 'once')) exitCode = 130;
        }
        return exitCode;
      } finally {
        runner.drain();
        await Promise.race([runner.over, createClock().wait(runner.held() > 0 ? 1000 : 3000)]);
        await runner.close();
      }
    } finally {
      await operator.close();
      await controlPlane.close();
    }
  },
};
