/** Draws every machine of the catalogue into `src/ui/statecharts/NAME.svg`. Run it after a machine has changed. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import { toDigest } from '../src/trace/statechart/to-digest.ts';
import { toGraph } from '../src/trace/statechart/to-graph.ts';
import { layOut } from './statechart/layout.ts';
import { toSvg } from './statechart/to-svg.ts';

const UI = join(import.meta.dirname, '..', 'src', 'ui');

const readStyle = async (): Promise<string> => {
  const files = ['tokens.css', 'statechart.css'].map((name) => readFile(join(UI, 'styles', name), 'utf8'));
  return (await Promise.all(files))
    .join('')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .trim();
};

/** A machine → its picture, the same bytes every time. */
export const drawStatechart = async (name: string, machine: AnyStateMachine): Promise<string> => {
  const chart = toGraph(name, machine);
  return toSvg(chart, await layOut(chart), { style: await readStyle(), digest: toDigest(chart) });
};

if (import.meta.main) {
  const { MACHINES } = await import('../src/machines/catalog.ts');
  const directory = join(UI, 'statecharts');
  await mkdir(directory, { recursive: true });
  for (const [name, machine] of Object.entries(MACHINES)) {
    const svg = await drawStatechart(name, machine);
    await writeFile(join(directory, `${name}.svg`), svg);
    console.log(`${name}.svg: ${svg.length} bytes`);
  }
}
