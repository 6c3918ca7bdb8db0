import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands-table.ts';
import { toHelp, toOverview } from '../../src/cli/help.ts';

/** A line of an example → its words after `signalbox`, up to a pipe; quotes taken off. */
const toWords = (line: string): string[] =>
  (line.split(/ [|>] /)[0] ?? '')
    .replace(/^.*?\bsignalbox\b/, '')
    .trim()
    .split(/ +/)
    .map((word) => word.replaceAll("'", ''));

describe('help', () => {
  it('of the program names every command', () => {
    const overview = toOverview(COMMANDS);
    for (const { name } of COMMANDS) expect(overview).toMatch(new RegExp(`^ {2}${name} .*\\S`, 'm'));
    expect(COMMANDS.map(({ name }) => name)).toEqual([
      'up',
      'run',
      'pipeline',
      'server',
      'runner',
      'token',
      'state',
      'trace',
      'machine',
      'check',
    ]);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s names each option and shows examples that are accepted',
    (name, command) => {
      const help = toHelp(command);
      for (const option of [...Object.keys(command.options), 'data', 'port', 'json', 'log-level'])
        expect(help).toContain(`--${option}`);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) {
        expect(help).toContain(line);
        expect(readArguments(toWords(line), COMMANDS).command?.name).toBe(name);
      }
      expect(help.split('\n').filter((text) => text.length > 120)).toEqual([]);
    },
  );
});
