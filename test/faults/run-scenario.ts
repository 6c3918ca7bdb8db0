import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beginRun, type Begun } from './begin-run.ts';
import type { Box } from './box/box.ts';
import { untilCleared } from './box/until-cleared.ts';
import { CATALOG } from './faults/catalog.ts';
import type { Facts, Struck } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { createMoments } from './moments.ts';
import { reconcile } from './reconcile.ts';
import type { FaultPlan, Scenario } from './scenario.ts';

const SETTLES_WITHIN_MS = 60_000;

const nth = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('there is none');
  return found;
};

/** Waits for its moment and strikes; null: the runs were over before. */
const strike = async (
  box: Box,
  begun: readonly Begun[],
  plan: FaultPlan,
  reached: (plan: FaultPlan) => Promise<boolean>,
): Promise<Struck | null> => {
  if (plan.name === 'fill disk' && !box.smallDisk) return null;
  if (!(await reached(plan))) return null;
  const meant = nth(begun, plan.target);
  const struck: Struck = { ...plan, at: Date.now(), run: meant.plan.number };
  await CATALOG[plan.name]({ box, runner: nth(box.runners, plan.target), pipeline: meant.pipeline }, plan);
  return struck;
};

/** Begins the runs of a scenario, lets its faults strike, waits until all is settled, and gathers what is left. */
export const runScenario = async (box: Box, scenario: Scenario): Promise<Facts> => {
  const over = new AbortController();
  const moments = createMoments(box);
  try {
    const begun = await Promise.all(scenario.runs.map((plan) => beginRun(box, plan)));
    const striking = scenario.faults.map((plan) =>
      strike(box, begun, plan, ({ when }) => moments.reached(when, over.signal)),
    );
    const mended = Promise.all(striking);
    mended.catch(() => {});
    const settling = begun.map(async (run) => {
      run.view = await box.operator.settle(run.pipeline, SETTLES_WITHIN_MS);
    });
    await Promise.all(settling);
    over.abort();
    const faults = (await mended).filter((fault) => fault !== null);
    for (const run of begun) run.reconciled = await reconcile(box, run);
    await untilCleared(box);
    return await gatherFacts(box, begun, faults);
  } finally {
    over.abort();
    moments.close();
    rmSync(join(box.directory, 'modules'), { recursive: true, force: true });
  }
};
