import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import { toSentence } from '../../trace/divergence.ts';
import { readTrace, type Life } from '../../trace/read.ts';
import { renderTrace } from '../../trace/render.ts';
import { replayTrace, type TraceReplay } from '../../trace/replay-trace.ts';
import type { Command, CommandContext } from '../command.ts';

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'trace' });

/** A file, or the folder of an attempt that holds one. */
const read = async (named: string): Promise<{ path: string; lives: Life[] }> => {
  try {
    const path = (await stat(named)).isDirectory() ? join(named, 'trace.ndjson') : named;
    return { path, lives: readTrace(await readFile(path, 'utf8'), path) };
  } catch (error) {
    if (error instanceof SignalboxError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw usage(`The trace ${named} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
};

const requireLives = (path: string, lives: readonly Life[]): void => {
  if (lives.length > 0) return;
  throw new SignalboxError('TRACE_UNREADABLE', { path, line: 1, problem: 'it holds no life of a job' });
};

const show = async (files: readonly string[], { output }: CommandContext): Promise<number> => {
  const [file, ...rest] = files;
  if (file === undefined || rest.length > 0) throw usage('`trace show` takes one file');
  const { path, lives } = await read(file);
  requireLives(path, lives);
  output.write(renderTrace(lives));
  for (const { header, entries } of lives)
    for (const entry of [header, ...entries]) output.event({ type: 'entry', entry });
  return 0;
};

const ENDS: Record<TraceReplay['end'], string> = {
  over: 'the job came to its end',
  sealed: 'it was sealed before the job came to its end',
  open: 'it ends before the job does: the job goes on, its runner was killed, or the rest was cut off',
};

const replay = async (files: readonly string[], { output }: CommandContext): Promise<number> => {
  if (files.length === 0) throw usage('`trace replay` takes at least one file');
  for (const file of files) {
    const { path, lives } = await read(file);
    requireLives(path, lives);
    const { divergence, lives: replays, end } = replayTrace(lives);
    if (divergence !== null) {
      const { kind, life, seq } = divergence;
      const told = `life ${life}, ${toSentence(divergence)}`;
      output.event({ type: 'divergence', path, kind, life, seq, problem: divergence.problem });
      throw new SignalboxError('TRACE_DIVERGES', { path, divergence: told });
    }
    for (const [index, { machines }] of replays.entries()) {
      const events = [...machines.values()].reduce((sum, folded) => sum + folded.events, 0);
      output.say(`${path}: life ${index + 1}: ${events} events led ${machines.size} machines where they went then`);
      output.event({ type: 'replay', path, life: index + 1, events, machines: machines.size });
    }
    output.say(`${path}: ${ENDS[end]}`);
    output.event({ type: 'end', path, end, isChecked: lives.some(({ seal }) => seal?.told) });
  }
  return 0;
};

export const traceCommand: Command = {
  name: 'trace',
  summary: 'Read the recorded life of a job, or replay it through the machines of today.',
  usage: 'trace show FILE | trace replay FILE…',
  description: `Each job attempt leaves a \`trace.ndjson\` in the state directory of its runner (\`jobs/ATTEMPT/\`): every event
that reached one of its machines, and what was acknowledged.

\`trace show\` prints it as a timeline. \`trace replay\` folds it through the machines of today and looks whether it is whole;
nothing runs. It ends with 0 where all goes the recorded way, and with 1 and the first difference in words where not.`,
  options: {},
  examples: [
    { line: 'signalbox trace show jobs/job_0123456789abcdef.1/trace.ndjson', says: 'what happened, and when' },
    { line: 'signalbox trace replay test/fixtures/traces/*.ndjson', says: 'whether a changed machine breaks the past' },
  ],
  run: (context) => {
    const [verb, ...files] = context.positionals;
    if (verb === 'show') return show(files, context);
    if (verb === 'replay') return replay(files, context);
    throw usage(
      verb === undefined
        ? '`trace` takes `show` or `replay`'
        : `\`trace\` takes \`show\` or \`replay\`, not \`${verb}\``,
    );
  },
};
