// `npm run faults`: real parts, random faults, and the laws that must hold whatever happens. docs/faults.md explains it.
import { parseArgs } from 'node:util';
import { createSuite, type Outcome } from './create-suite.ts';
import { RUNS_PER_SCENARIO } from './scenario.ts';
import { toTable, toTotals } from './table.ts';

const HELP = `Usage: npm run faults -- [options]

Runs pipelines on a real control plane, real runners and real Terraform while killing, freezing, partitioning and
filling disks at random points, and counts the laws that were broken. Exit code 1 when any was.

  --runs N    how many pipelines (default 100); ${RUNS_PER_SCENARIO} at once share their faults
  --seed S    which faults, where and when (default 1); the same seed gives the same scenarios
  --density N faults in a scenario, at most (default 3)
  --only K    only the scenario that run K is part of
  --bail      stop at the first broken law
  --keep      keep the files of a box whose laws were broken
  --json      totals and violations as JSON
  --help      this text`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    density: { type: 'string', default: '3' },
    only: { type: 'string' },
    bail: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const readNumber = (name: string, text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} takes a whole number above 0, not ${text}.`);
  process.exit(2);
};
const runs = readNumber('runs', values.runs);
const seed = readNumber('seed', values.seed);
const density = readNumber('density', values.density);
const only = values.only === undefined ? null : readNumber('only', values.only);

const tell = (outcome: Outcome): void => {
  const { scenario, faults, violations, statuses, tookMs, autopsy } = outcome;
  const [first, last] = [scenario.runs.at(0)?.number, scenario.runs.at(-1)?.number];
  const took = `${(tookMs / 1000).toFixed(1)} s`;
  if (process.stderr.isTTY || violations.length > 0)
    console.error(`runs ${first}-${last}: ${faults.join(', ') || 'no fault'} → ${statuses.join(', ')} (${took})`);
  if (violations.length === 0) return;
  for (const { law, run, what } of violations) console.error(`  ${law}, run ${run ?? 'unknown'}: ${what}`);
  console.error(`  again: npm run faults -- --seed ${seed} --density ${density} --only ${first}`);
  console.error(`  faults: ${JSON.stringify(scenario.faults)}\n  runs: ${JSON.stringify(scenario.runs)}`);
  if (autopsy) console.error(autopsy.lastWords.replaceAll(/^/gm, '    '));
  if (autopsy && values.keep) console.error(`  files: ${autopsy.directory}`);
};

const startedAt = performance.now();
const suite = createSuite({ runs, seed, density, only, keep: values.keep, bail: values.bail, onOutcome: tell });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void suite.abandon().finally(() => process.exit(130)));
const outcomes = await suite.run();
const totals = toTotals(outcomes);
const tookS = Math.round((performance.now() - startedAt) / 1000);
const hasSmallDisk = process.getuid?.() === 0;
const notes = [
  `Seed ${seed}, density ${density}, ${tookS} s.`,
  ...(hasSmallDisk ? [] : ['No disk was filled: only root may mount one that is small enough.']),
];
if (values.json) {
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  console.log(JSON.stringify({ seed, density, tookS, ...totals, failed }));
} else console.log(toTable(totals, notes));
process.exitCode = Object.values(totals.broken).some((number) => number > 0) ? 1 : 0;
