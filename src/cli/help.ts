import type { Command, Option } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';

const WIDTH = 100;

const wrap = (text: string, indent: number): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
};

const toFlag = ([name, { short, value }]: [string, Option]): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;

const toTable = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${wrap(right, width + 4)}`);
};

const toOptions = (options: Readonly<Record<string, Option>>): string[] =>
  toTable(Object.entries(options).map((entry) => [toFlag(entry), entry[1].description]));

/** Help of one command. */
export const toHelp = ({ usage, summary, description, options, examples }: Command): string => {
  const own = Object.keys(options).length > 0 ? ['', 'Options:', ...toOptions(options)] : [];
  const common = Object.fromEntries(Object.entries(COMMON_OPTIONS).filter(([name]) => !Object.hasOwn(options, name)));
  return [
    `Usage: signalbox ${usage}`,
    '',
    summary,
    '',
    ...description.split(/\n\s*\n/).flatMap((paragraph) => [wrap(paragraph.trim(), 0), '']),
    'Examples:',
    ...examples.flatMap(({ line, says }) => [`  ${line}`, `      ${says}`]),
    ...own,
    '',
    'Common options:',
    ...toOptions(common),
    '',
  ].join('\n');
};

/** Help of the program: what there is, and where to begin. */
export const toOverview = (commands: readonly Command[]): string =>
  [
    'Signalbox runs Terraform and OpenTofu pipelines: a runner, and the control plane it reports to.',
    '',
    'Usage: signalbox COMMAND [options]',
    '',
    'Commands:',
    ...toTable(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Begin with:',
    '  signalbox up --demo',
    '      a whole pipeline on this host, to watch',
    '  signalbox run ./infrastructure',
    '      plan your own code',
    '',
    'Common options:',
    ...toOptions(COMMON_OPTIONS),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted.',
    '`signalbox COMMAND --help` explains a command.',
    '',
  ].join('\n');
