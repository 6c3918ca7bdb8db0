import { expect, it } from 'vitest';
import { TOOLS } from '../helpers/tools.ts';
import { createSuite } from './create-suite.ts';
import { RUNS_PER_SCENARIO } from './scenario.ts';
import { toTotals } from './table.ts';

const TIMEOUT_MS = 300_000;
const SCENARIOS = 7;
const LEAST_FAULTS = 30;
const hasTerraform = TOOLS.some(({ name, tool }) => name === 'terraform' && tool !== null);

it.skipIf(!hasTerraform)(
  'nothing is lost, done twice or left behind by pipelines that thirty faults strike',
  { timeout: TIMEOUT_MS },
  async () => {
    const outcomes = await createSuite({
      runs: SCENARIOS * RUNS_PER_SCENARIO,
      seed: 1,
      density: 6,
      only: null,
      keep: false,
      bail: false,
      onOutcome: () => {},
    }).run();
    for (const { scenario, violations, autopsy } of outcomes)
      expect(
        violations,
        `scenario ${scenario.number}: ${JSON.stringify(scenario.faults)}\n${autopsy?.lastWords}`,
      ).toEqual([]);
    expect(toTotals(outcomes).faults).toBeGreaterThanOrEqual(LEAST_FAULTS);
  },
);
