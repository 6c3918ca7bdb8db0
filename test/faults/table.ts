import { LAWS } from './laws/catalog.ts';
import type { Outcome } from './create-suite.ts';

/** What a suite comes to: how much was run, and how often each law was broken. */
export interface Totals {
  runs: number;
  faults: number;
  /** By law; every one must be 0. */
  broken: Record<string, number>;
  /** How often each fault struck. */
  struck: Record<string, number>;
  statuses: Record<string, number>;
}

const count = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

export const toTotals = (outcomes: readonly Outcome[]): Totals => {
  const broken = count(outcomes.flatMap(({ violations }) => violations.map(({ law }) => law)));
  return {
    runs: outcomes.reduce((sum, { runs }) => sum + runs, 0),
    faults: outcomes.reduce((sum, { faults }) => sum + faults.length, 0),
    broken: Object.fromEntries(Object.keys(LAWS).map((law) => [law, broken[law] ?? 0])),
    struck: count(outcomes.flatMap(({ faults }) => faults)),
    statuses: count(outcomes.flatMap(({ statuses }) => statuses)),
  };
};

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ');

export const toTable = (totals: Totals, notes: readonly string[]): string => {
  const cells = [['runs', totals.runs], ['faults', totals.faults], ...Object.entries(totals.broken)].map(String);
  const names = cells.map((cell) => cell.slice(0, cell.lastIndexOf(',')));
  const values = cells.map((cell, index) => cell.slice(cell.lastIndexOf(',') + 1).padStart(names[index]?.length ?? 0));
  const rule = names.map((name) => '-'.repeat(name.length));
  const rows = [names, rule, values].map((row) => `| ${row.join(' | ')} |`);
  return [...rows, '', `Faults: ${list(totals.struck)}.`, `Pipelines: ${list(totals.statuses)}.`, ...notes].join('\n');
};
