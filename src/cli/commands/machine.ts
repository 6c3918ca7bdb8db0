import { readFile } from 'node:fs/promises';
import { MACHINES } from '../../machines/catalog.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { toGraph } from '../../trace/statechart/to-graph.ts';
import { toText } from '../../trace/statechart/to-text.ts';
import { findNearest } from '../../io/config/nearest.ts';
import type { Command } from '../command.ts';
import { isOn } from '../option-values.ts';

/** The committed pictures: in the sources of the UI, or beside the bundle where the build puts them. */
const PICTURES = import.meta.url.endsWith('.ts') ? '../../ui/statecharts/' : './statecharts/';

const readPicture = async (name: string): Promise<string> => {
  try {
    return await readFile(new URL(`${PICTURES}${name}.svg`, import.meta.url), 'utf8');
  } catch (error) {
    const problem = `the picture of ${name} is not part of this installation`;
    throw new SignalboxError('USAGE', { problem, command: 'machine' }, { cause: error });
  }
};

export const machineCommand: Command = {
  name: 'machine',
  summary: 'Show a state machine as text or as a picture.',
  usage: 'machine [NAME] [--svg]',
  description: `Every decision of Signalbox is made by a state machine. This prints one: its states, what each runs, and
where each event leads. Without a name it lists them.`,
  options: { svg: { type: 'boolean', description: 'The picture instead, as SVG.' } },
  examples: [
    { line: 'signalbox machine', says: 'which machines there are' },
    { line: 'signalbox machine step', says: 'the life of a step' },
    { line: 'signalbox machine job --svg > job.svg', says: 'the picture that the page of a pipeline shows' },
  ],
  run: async ({ positionals, options, output }) => {
    const [name, ...rest] = positionals;
    const names = Object.keys(MACHINES);
    const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'machine' });
    if (rest.length > 0) throw usage('`machine` takes one name');
    if (name === undefined) {
      if (isOn(options, 'svg')) throw usage('`--svg` needs the name of a machine');
      for (const [each, machine] of Object.entries(MACHINES)) {
        const { description } = toGraph(each, machine).root;
        output.say(`${each.padEnd(10)}${description ?? ''}`);
        output.event({ type: 'machine', name: each, description });
      }
      return 0;
    }
    const machine = Object.hasOwn(MACHINES, name) ? MACHINES[name] : undefined;
    if (machine === undefined) {
      const nearest = findNearest(name, names);
      throw usage(
        `There is no machine ${name}; ${nearest === null ? `there are ${names.join(', ')}` : `the nearest is ${nearest}`}`,
      );
    }
    if (isOn(options, 'svg')) {
      const svg = await readPicture(name);
      output.write(svg);
      output.event({ type: 'machine', name, svg });
      return 0;
    }
    const graph = toGraph(name, machine);
    output.write(toText(graph));
    output.event({ type: 'machine', name, graph });
    return 0;
  },
};
