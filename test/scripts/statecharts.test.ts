import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { drawStatechart } from '../../scripts/statecharts.ts';
import { MACHINES } from '../../src/machines/catalog.ts';
import { toDigest } from '../../src/trace/statechart/to-digest.ts';
import { toGraph, type ChartState } from '../../src/trace/statechart/to-graph.ts';

const PICTURES = join(import.meta.dirname, '../../src/ui/statecharts');
const paths = (state: ChartState): string[] => [state.path, ...state.states.flatMap(paths)];

test.for(Object.entries(MACHINES))('the picture of %s shows the machine as it is today', async ([name, machine]) => {
  const svg = await readFile(join(PICTURES, `${name}.svg`), 'utf8');
  const chart = toGraph(name, machine);
  expect(/data-digest="(\w+)"/.exec(svg)?.[1], 'run `node scripts/statecharts.ts`').toBe(toDigest(chart));
  const drawn = [...svg.matchAll(/data-state="([^"]+)"/g)].map((match) => match[1]);
  expect(drawn.toSorted()).toEqual(chart.root.states.flatMap(paths).toSorted());
});

const door = (to: string) =>
  createMachine({
    initial: 'shut',
    states: {
      shut: { on: { 'door.<open>': { guard: 'a "b"', target: to } } },
      open: { meta: { phase: 'running' } },
      ajar: {},
    },
  });

test('a changed target changes the digest of a machine', () => {
  expect(toDigest(toGraph('door', door('open')))).not.toBe(toDigest(toGraph('door', door('ajar'))));
});

test('a picture is the same bytes every time, and what a machine names is text in it, never markup', async () => {
  const svg = await drawStatechart('door', door('open'));
  expect(await drawStatechart('door', door('open'))).toBe(svg);
  expect(svg).toContain('door.&lt;open&gt; [a &quot;b&quot;]');
  expect(svg).toContain('data-state="open" data-phase="running"');
});

test('a picture asks for nothing from elsewhere and carries no script', async () => {
  const svg = await drawStatechart('door', door('open'));
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|href=|@import/);
});
