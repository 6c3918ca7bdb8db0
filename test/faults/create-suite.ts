import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBox, readLastWords, type Box } from './box/box.ts';
import { judge, type Judged } from './judge.ts';
import { bundlePrograms, type Programs } from './programs.ts';
import { runScenario } from './run-scenario.ts';
import { RUNNERS, RUNS_PER_SCENARIO, SLOTS, toScenario, type FaultName, type Scenario } from './scenario.ts';

/** What came of one scenario. */
export interface Outcome {
  scenario: Scenario;
  runs: number;
  faults: FaultName[];
  violations: Judged[];
  /** Of its pipelines. */
  statuses: string[];
  tookMs: number;
  /** Where its box was kept for a look, and what its processes said last; null: nothing was broken. */
  autopsy: { directory: string; lastWords: string } | null;
}
export interface SuiteOptions {
  runs: number;
  seed: number;
  /** Faults in a scenario, at most. */
  density: number;
  /** Only the scenario that this run is part of. */
  only: number | null;
  /** Keeps the files of a box whose laws were broken. */
  keep: boolean;
  /** Ends with the first scenario that broke a law. */
  bail: boolean;
  onOutcome: (outcome: Outcome) => void;
}

const runOne = async (box: Box, scenario: Scenario): Promise<Outcome> => {
  const startedAt = performance.now();
  const common = { scenario, runs: scenario.runs.length };
  const tookMs = () => Math.round(performance.now() - startedAt);
  try {
    const facts = await runScenario(box, scenario);
    const violations = await judge(facts);
    return {
      ...common,
      faults: facts.faults.map(({ name }) => name),
      violations,
      statuses: facts.runs.map(({ view }) => view?.status ?? 'unsettled'),
      tookMs: tookMs(),
      autopsy: violations.length > 0 ? { directory: box.directory, lastWords: readLastWords(box, 30) } : null,
    };
  } catch (error) {
    // A process that does not come back is a result that is lost.
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ...common,
      faults: [],
      violations: [{ run: null, what, law: 'lost results' }],
      statuses: [],
      tookMs: tookMs(),
      autopsy: { directory: box.directory, lastWords: readLastWords(box, 30) },
    };
  }
};

export interface Suite {
  run(): Promise<Outcome[]>;
  /** Leaves nothing behind, in the middle of whatever it was. */
  abandon(): Promise<void>;
}

/** Runs scenario after scenario on one box; after a broken law the next begins on a fresh one. */
export const createSuite = (options: SuiteOptions): Suite => {
  const { seed, only } = options;
  const last = Math.ceil(options.runs / RUNS_PER_SCENARIO);
  const numbers =
    only === null ? Array.from({ length: last }, (_, index) => index + 1) : [Math.ceil(only / RUNS_PER_SCENARIO)];
  let programs: Programs | null = null;
  let box: Box | null = null;
  const drop = async (isKept: boolean): Promise<void> => {
    const dropped = box;
    box = null;
    if (!dropped) return;
    const { directory } = dropped;
    if (isKept) cpSync(directory, `${directory}-kept`, { recursive: true });
    await dropped.close();
    rmSync(directory, { recursive: true, force: true });
  };
  const abandon = async (): Promise<void> => {
    await drop(false);
    await programs?.remove();
  };

  const run = async (): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    programs = await bundlePrograms();
    for (const number of numbers) {
      box ??= await openBox({
        programs,
        directory: mkdtempSync(join(tmpdir(), 'signalbox-faults-')),
        runners: RUNNERS,
        slots: SLOTS,
        seed,
      });
      const outcome = await runOne(box, toScenario(seed, number, options.density));
      outcomes.push(outcome);
      const isBroken = outcome.violations.length > 0;
      if (isBroken) await drop(options.keep);
      if (outcome.autopsy && options.keep) outcome.autopsy.directory += '-kept';
      options.onOutcome(outcome);
      if (isBroken && options.bail) break;
    }
    return outcomes;
  };
  return { run: () => run().finally(abandon), abandon };
};
