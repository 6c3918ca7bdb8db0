import { writeFile } from 'node:fs/promises';
import { SignalboxError } from '../../protocol/errors.ts';
import type { ArchitectureView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Command, CommandContext } from '../command.ts';
import { toMoment, toTable } from '../operator/to-table.ts';
import { withOperator } from '../operator/with-operator.ts';
import { numberOf, textOf } from '../option-values.ts';
import { readLinkFile } from '../pack/link-file.ts';
import { readStateFile } from '../state/read-state-file.ts';

const MAX_SERIAL = 999_999_999;
const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'state' });

/** The architecture that is named, else the one that the current directory is linked to. */
const find = async (operator: OperatorClient, named: string | undefined): Promise<ArchitectureView> => {
  const name = named ?? (await readLinkFile('.'));
  if (name === null) throw usage('Name the architecture; this directory is not linked to one');
  const architecture = await operator.findArchitecture(name);
  if (architecture === null) throw new SignalboxError('ARCHITECTURE_UNKNOWN', { name });
  return architecture;
};

/** Terminals obey these characters, and what is written to anything else loses them; as escapes they mean the same in JSON. */
const toPrintable = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const listAll = (context: CommandContext): Promise<number> =>
  withOperator(context, async (operator) => {
    const { output } = context;
    const architectures = await operator.listArchitectures();
    for (const architecture of architectures) output.event({ type: 'architecture', ...architecture });
    const rows = architectures.map(({ name, kind, state, lockedBy }) => [
      name,
      kind,
      state === null ? '-' : String(state.serial),
      state?.lineage ?? '-',
      lockedBy ?? '-',
    ]);
    if (rows.length === 0) output.say('There are no architectures. `signalbox run DIR` makes one.');
    else
      for (const line of toTable([['ARCHITECTURE', 'KIND', 'SERIAL', 'LINEAGE', 'HELD BY'], ...rows])) output.say(line);
    return 0;
  });

const listOne = (context: CommandContext, name: string): Promise<number> =>
  withOperator(context, async (operator) => {
    const { output } = context;
    const { id } = await find(operator, name);
    const states = await operator.listStates(id);
    for (const state of states) output.event({ type: 'state', ...state });
    const rows = states.map(({ serial, size, createdAt, attempt, sha256 }) => [
      String(serial),
      `${size} bytes`,
      toMoment(createdAt),
      attempt ?? 'pushed by hand',
      sha256.slice(0, 12),
    ]);
    if (rows.length === 0) output.say(`${name} has no state yet.`);
    else for (const line of toTable([['SERIAL', 'SIZE', 'STORED', 'BY', 'SHA256'], ...rows])) output.say(line);
    return 0;
  });

const pull = (context: CommandContext, name: string | undefined): Promise<number> => {
  const { options, output } = context;
  const bounds = { otherwise: 0, min: 0, max: MAX_SERIAL, command: 'state' };
  const serial = textOf(options, 'serial') === undefined ? 'latest' : numberOf(options, 'serial', bounds);
  const out = textOf(options, 'out');
  return withOperator(context, async (operator) => {
    const architecture = await find(operator, name);
    const bytes = await operator.readState(architecture.id, serial).catch((error: unknown) => {
      if (!(error instanceof SignalboxError) || error.code !== 'NOT_FOUND') throw error;
      const id = serial === 'latest' ? architecture.name : `${architecture.name} with serial ${serial}`;
      throw new SignalboxError('NOT_FOUND', { thing: 'state of', id });
    });
    if (out === undefined) {
      const text = Buffer.from(bytes).toString();
      output.write(toPrintable(text.endsWith('\n') ? text : `${text}\n`));
      output.event({ type: 'state', architecture: architecture.name, state: JSON.parse(text) });
      return 0;
    }
    // A state holds secrets, and is never written over another.
    await writeFile(out, bytes, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw usage(error.code === 'EEXIST' ? `${out} exists already` : `${out} cannot be written: ${error.message}`);
    });
    output.say(`${out}: ${bytes.length} bytes`);
    output.event({ type: 'state', architecture: architecture.name, file: out, size: bytes.length });
    return 0;
  });
};

const push = async (context: CommandContext, names: readonly string[]): Promise<number> => {
  const [name, file] = names.length === 1 ? [undefined, names[0]] : names;
  if (file === undefined) throw usage('`state push` takes the name of an architecture and a file');
  const { head, bytes } = await readStateFile(file);
  return withOperator(context, async (operator) => {
    const architecture = await find(operator, name);
    await operator.pushState(architecture.id, head, bytes);
    context.output.say(`${architecture.name} is at serial ${head.serial}.`);
    context.output.event({ type: 'pushed', architecture: architecture.name, ...head });
    return 0;
  });
};

export const stateCommand: Command = {
  name: 'state',
  summary: 'List, pull and push the Terraform states that the control plane keeps.',
  usage: 'state list [NAME] | state pull [NAME] [--serial N] [--out FILE] | state push [NAME] FILE',
  description: `The state of an architecture belongs to the control plane, with every version. \`state list\` shows the architectures, or the
versions of one. \`state pull\` prints the newest, or one of them. \`state push\` stores a file: it must have the lineage of the
newest one and a higher serial; where there is none yet, any is taken.

Without NAME the architecture is the one that the current directory is linked to. It speaks to the control plane of this user
that is up; where none is, it opens the data directory itself for a moment.`,
  options: {
    serial: { type: 'string', value: 'N', description: 'Which version `pull` takes (the newest).' },
    out: {
      type: 'string',
      value: 'FILE',
      description: 'A new file for `pull`, readable by its owner only (standard output).',
    },
  },
  examples: [
    { line: 'signalbox state list', says: 'every architecture, and where its state stands' },
    { line: 'signalbox state pull shop --out shop.tfstate', says: 'the newest state, in a file' },
    { line: 'signalbox state push shop shop.tfstate', says: 'store it, one serial higher' },
  ],
  run: async (context) => {
    const [verb, ...names] = context.positionals;
    const most = { list: 1, pull: 1, push: 2 }[verb ?? ''];
    if (verb === undefined || most === undefined) {
      throw usage(`\`state\` takes \`list\`, \`pull\` or \`push\`${verb === undefined ? '' : `, not \`${verb}\``}`);
    }
    if (names.length > most) throw usage(`\`state ${verb}\` does not take \`${names[most]}\``);
    const misplaced =
      verb === 'pull' ? undefined : ['serial', 'out'].find((name) => textOf(context.options, name) !== undefined);
    if (misplaced !== undefined) throw usage(`\`state ${verb}\` takes no \`--${misplaced}\``);
    const [name] = names;
    if (verb === 'pull') return pull(context, name);
    if (verb === 'push') return push(context, names);
    return name === undefined ? listAll(context) : listOne(context, name);
  },
};
