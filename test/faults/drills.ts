import { once } from 'node:events';
import { beginRun } from './begin-run.ts';
import type { Box } from './box/box.ts';
import { untilCleared } from './box/until-cleared.ts';
import type { Facts } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { runScenario } from './run-scenario.ts';
import type { FaultPlan, Flow, RunPlan, Scenario } from './scenario.ts';

/** Served time after which a silent runner has lost what it held: short enough to wait for. */
export const LOST_MS = 1500;
const SETTLES_WITHIN_MS = 60_000;

/** A run of three objects, one after the other. */
const toRun = (number: number, flow: Flow): RunPlan => {
  const name = `drill-${number}`;
  const names = [0, 1, 2].map((index) => `${name}-${index}`);
  const objects = names.map((object, index) => ({
    name: object,
    content: `content ${index}`,
    delayMs: 400,
    fail: null,
    stop: 'ignore' as const,
    needs: names.slice(0, index),
  }));
  return { number, name, flow, objects };
};
const toScenario = (runs: RunPlan[], faults: FaultPlan[]): Scenario => ({ number: 1, seed: 1, runs, faults });

/** Whichever runner has it is killed in the middle of an apply, and comes back. */
export const killInApply = (box: Box): Promise<Facts> =>
  runScenario(
    box,
    toScenario(
      [toRun(1, 'apply')],
      [0, 1].map((target) => ({
        name: 'kill runner',
        when: { after: 'creating', count: 1 },
        target,
        forMs: 0,
        share: 1,
      })),
    ),
  );

/** Half of all replies are lost, to both runners, while four jobs write their logs. */
export const loseReplies = (box: Box): Promise<Facts> =>
  runScenario(
    box,
    toScenario(
      [2, 3, 4, 5].map((number) => toRun(number, 'apply')),
      [0, 1].map((target) => ({
        name: 'lose replies',
        when: { after: 'ms', count: 1 },
        target,
        forMs: 3000,
        share: 1,
      })),
    ),
  );

/** A runner is cut off in its first step until another one has done its job; then it comes back and goes on where it was. */
export const cutOffRunner = async (box: Box): Promise<Facts> => {
  const [first, second] = box.runners;
  if (!first || !second) throw new Error('this drill takes two runners');
  await second.kill();
  const stepped = once(first.moments, 'step');
  const run = await beginRun(box, toRun(6, 'plan, apply'));
  await stepped;
  first.proxy.partition('silent');
  await second.start();
  run.view = await box.operator.settle(run.pipeline, SETTLES_WITHIN_MS);
  first.proxy.heal();
  await untilCleared(box);
  return gatherFacts(box, [run], []);
};
