import { SignalboxError } from '../../protocol/errors.ts';
import { toPageUrl } from '../client/page-url.ts';
import type { Command, CommandContext } from '../command.ts';
import { openOwnControlPlane, type OwnControlPlane } from '../compose/own-control-plane.ts';
import { startOwnRunner, type OwnRunner } from '../compose/own-runner.ts';
import { isOn, numberOf } from '../option-values.ts';
import { tellResult, toExitCode } from '../show/tell-result.ts';
import { readToolChoice, TOOL_OPTIONS, type ToolChoice } from '../tool-options.ts';
import { untilAborted } from '../until-aborted.ts';
import { runDemo } from '../up/run-demo.ts';

const PORT = 7700;
const INTERRUPTED = 130;
const STOP_GRACE_MS = 10_000;

interface Request {
  port: number;
  slots: number;
  isDemo: boolean;
  isOnce: boolean;
  tools: ToolChoice;
}

const readRequest = ({ positionals, options }: CommandContext): Request => {
  const command = 'up';
  const usage = (problem: string) => new SignalboxError('USAGE', { problem, command });
  if (positionals.length > 0) throw usage('`up` takes no arguments');
  const isDemo = isOn(options, 'demo');
  const isOnce = isOn(options, 'once');
  if (isOnce && !isDemo) throw usage('`--once` belongs to `--demo`');
  return {
    port: numberOf(options, 'port', { otherwise: PORT, min: 0, max: 65_535, command }),
    slots: numberOf(options, 'slots', { otherwise: 4, min: 1, max: 255, command }),
    isDemo,
    isOnce,
    tools: readToolChoice(options, command),
  };
};

const greet = async ({ data, output }: CommandContext, { controlPlane, operator }: OwnControlPlane, port: number) => {
  const { url, isFallback } = controlPlane;
  if (isFallback) output.say(`Port ${port} is taken; the control plane uses ${controlPlane.port} instead.`);
  const link = await operator.browserLink();
  output.say(`Signalbox is up: ${url}. Data: ${data}`);
  output.say(`Open this once to sign a browser in: ${link}`);
  output.event({ type: 'up', url, port: controlPlane.port, isFallback, browserLink: link, data });
};

/** Null: interrupted before its end. */
const demonstrate = async (
  context: CommandContext,
  { operator }: OwnControlPlane,
  runner: OwnRunner,
  tools: ToolChoice,
): Promise<number | null> => {
  const { output, interrupted } = context;
  const demo = runDemo({ ...context, operator, tools });
  // Left in the middle it hears that the control plane is gone; nobody waits for that.
  demo.catch(() => {});
  const view = await Promise.race([demo, runner.failure, untilAborted(interrupted)]);
  if (!view) return null;
  tellResult(output, view, { url: toPageUrl(operator, view) });
  return toExitCode(view);
};

const endRunner = async ({ output, interrupted }: CommandContext, runner: OwnRunner): Promise<void> => {
  output.progress(null);
  const held = runner.held();
  if (interrupted.aborted && held > 0) {
    output.say(
      `Ending: waiting up to ${STOP_GRACE_MS / 1000} s for ${held === 1 ? 'the job' : `${held} jobs`} under way.`,
    );
  }
  await runner.end();
  if (runner.held() > 0) output.say('What still runs goes on by itself; the next start takes it over.');
};

export const upCommand: Command = {
  name: 'up',
  summary: 'Start control plane and runner in one process, on this host.',
  usage: 'up [--demo [--once]] [options]',
  description: `Serves the control plane on loopback, with an embedded database, and brings a runner along that enrols with a
real runner token. It stays up until Ctrl-C; what still runs then goes on, and the next start takes it over. Where the port
is taken, the next free one is used.

With \`--demo\` it imports an example, runs its workflow Validate, Plan, Apply, and shows it. It needs Terraform or OpenTofu;
OpenTofu is downloaded where neither is there.`,
  options: {
    demo: { type: 'boolean', description: 'Import an example, run its workflow and show it.' },
    once: { type: 'boolean', description: 'End with the demo, with its result as exit code.' },
    slots: { type: 'string', value: 'N', description: 'Jobs that the runner runs at once (4).' },
    ...TOOL_OPTIONS,
  },
  examples: [
    { line: 'signalbox up', says: 'ready for `signalbox run` and for the browser' },
    { line: 'signalbox up --demo', says: 'a pipeline to watch' },
    { line: 'signalbox up --demo --once', says: 'the same as a check: exits 0 when it succeeded' },
    { line: 'signalbox up --data ./try --port 0', says: 'with data of its own, on any free port' },
  ],
  run: async (context) => {
    const { data, output, logger, interrupted } = context;
    const { port, slots, isDemo, isOnce, tools } = readRequest(context);
    const own = await openOwnControlPlane({ data, port, logger, output });
    try {
      const runner = await startOwnRunner({
        data,
        operator: own.operator,
        logger,
        tools,
        slots,
        stopGraceMs: STOP_GRACE_MS,
      });
      try {
        await greet(context, own, port);
        const exitCode = isDemo ? await demonstrate(context, own, runner, tools) : 0;
        if (isOnce) return exitCode ?? INTERRUPTED;
        if (!interrupted.aborted) output.say('It stays up until Ctrl-C.');
        await Promise.race([untilAborted(interrupted), runner.failure]);
        return 0;
      } finally {
        await endRunner(context, runner);
      }
    } finally {
      await own.close();
    }
  },
};
