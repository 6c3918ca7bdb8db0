import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands-table.ts';

const command: Command = {
  name: 'bake',
  summary: '',
  usage: '',
  description: '',
  options: {
    loud: { type: 'boolean', short: 'l', description: '' },
    heat: { type: 'string', value: 'N', description: '' },
    with: { type: 'string', value: 'X', multiple: true, description: '' },
  },
  examples: [],
  run: async () => 0,
};
const read = (...args: string[]) => readArguments(args, [command]);
const refusal = (...args: string[]): string => {
  try {
    read(...args);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
};

describe('arguments', () => {
  it('come before and after the command, in any order', () => {
    const { options, positionals, command: found } = read('--data', 'd', 'bake', 'bread', '-l', '--heat=9', '--json');
    expect(found).toBe(command);
    expect(positionals).toEqual(['bread']);
    expect(options).toEqual({ data: 'd', loud: true, heat: '9', json: true });
  });

  it('keep every value of an option that may be repeated, and the last of the others', () => {
    expect(read('bake', '--with', 'a=1', '--with', 'b', '--heat', '1', '--heat', '2').options).toEqual({
      with: ['a=1', 'b'],
      heat: '2',
    });
  });

  it('take what follows `--` as it is', () => {
    expect(read('bake', '--', '--loud').positionals).toEqual(['--loud']);
  });

  it('may name no command at all', () => {
    expect(read('--version')).toEqual({ command: null, positionals: [], options: { version: true } });
  });

  it.each([
    [['bake', '--laud'], 'There is no option `--laud`; the nearest is `--loud`.'],
    [['bake', '--zzzzzz'], 'There is no option `--zzzzzz`.'],
    [['bake', '--__proto__'], 'There is no option `--__proto__`; the nearest is `--port`.'],
    [['bake', '-x'], 'There is no option `-x`.'],
    [['bakke'], 'There is no command `bakke`; the nearest is `bake`.'],
    [['bake', '--heat'], '`--heat N` lacks its value.'],
    [['bake', '--loud=yes'], '`--loud` takes no value.'],
    [
      ['bake', '--heat', '--loud'],
      '`--heat N` is followed by `--loud`; a value that begins with a dash is written `--heat=--loud`.',
    ],
  ])('%j is refused with what was probably meant', (args, message) => {
    expect(refusal(...args)).toBe(message);
  });

  it('never let a command take an option away that all have', () => {
    const common = ['data', 'port', 'json', 'log-level', 'help', 'version'];
    const taken = COMMANDS.flatMap(({ name, options }) =>
      Object.keys(options)
        .filter((option) => common.includes(option))
        .map((option) => `${name} --${option}`),
    );
    expect(taken).toEqual([]);
  });
});
