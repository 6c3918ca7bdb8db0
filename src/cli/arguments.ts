import { parseArgs } from 'node:util';
import { findNearest } from '../io/config/nearest.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { Command, CommandContext, Option } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';

type Options = Readonly<Record<string, Option>>;

export interface Arguments {
  /** Null: none was named. */
  command: Command | null;
  positionals: string[];
  options: CommandContext['options'];
}

/** What parseArgs finds, without its own judgement: ours names the nearest. */
const tokenize = (args: readonly string[], options: Options) => {
  const known = Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short && { short }) }]);
  return parseArgs({ args: [...args], options: Object.fromEntries(known), strict: false, tokens: true }).tokens;
};

/** The index of the first word that is neither an option nor its value. */
const findCommandIndex = (args: readonly string[]): number =>
  tokenize(args, COMMON_OPTIONS).find(({ kind }) => kind === 'positional')?.index ?? -1;

const findCommand = (word: string, commands: readonly Command[]): Command => {
  const found = commands.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const names = commands.map(({ name }) => name);
  const nearest = findNearest(word, names);
  const instead = nearest === null ? `there are ${names.join(', ')}` : `the nearest is \`${nearest}\``;
  throw usage('', `There is no command \`${word}\`; ${instead}`);
};

const usage = (command: string, problem: string): SignalboxError => {
  const error = new SignalboxError('USAGE', { problem, command });
  return command === '' ? Object.assign(error, { hint: 'Run `signalbox --help` to see what there is.' }) : error;
};

/** The words after the program's name → command, arguments and options. Throws `USAGE`, naming what was probably meant. */
export const readArguments = (args: readonly string[], commands: readonly Command[]): Arguments => {
  const index = findCommandIndex(args);
  const command = index < 0 ? null : findCommand(args[index] ?? '', commands);
  const options: Options = { ...COMMON_OPTIONS, ...command?.options };
  const name = command?.name ?? '';
  const rest = index < 0 ? args : args.toSpliced(index, 1);
  const positionals: string[] = [];
  const values: Record<string, string | boolean | string[]> = {};

  for (const token of tokenize(rest, options)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const nearest = findNearest(token.name, Object.keys(options));
      const instead = nearest === null ? '' : `; the nearest is \`--${nearest}\``;
      throw usage(name, `There is no option \`${token.rawName}\`${instead}`);
    }
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw usage(name, `\`${token.rawName}\` takes no value`);
      values[token.name] = true;
      continue;
    }
    const shown = `${token.rawName} ${option.value ?? 'VALUE'}`;
    if (token.value === undefined) throw usage(name, `\`${shown}\` lacks its value`);
    if (!token.inlineValue && /^-./.test(token.value)) {
      throw usage(
        name,
        `\`${shown}\` is followed by \`${token.value}\`; a value that begins with a dash is written \`--${token.name}=${token.value}\``,
      );
    }
    if (option.multiple) values[token.name] = [...[values[token.name] ?? []].flat().map(String), token.value];
    else values[token.name] = token.value;
  }
  return { command, positionals, options: values };
};
