import type { Arm } from '../arm.ts';
import { createByHand, toStages, writeTrivialModule } from '../by-hand.ts';
import { alternate, median, medianRatio, nowMs, quantile } from '../rounds.ts';
import { atMost, ratioAtMost, type Row } from '../row.ts';

/** A trivial architecture from nothing: created → first bytes → planned, approved → applied; beside it the same commands typed by hand. */
export const planApply: Arm = {
  name: 'plan-apply',
  run: async ({ system, programs, directory, rounds }) => {
    const module = writeTrivialModule(directory);
    const byHand = createByHand(module, directory);
    await system.startRunner(programs.runner);

    const runOurs = async () => {
      const ready = await system.makeReady('terraform', module, toStages({ requireApproval: true }));
      const initSeen = system.appended(({ text }) => text.includes('Initializing the backend'));
      const planSeen = system.appended(({ text }) => text.includes('terraform_data.one'));
      const createdAt = nowMs();
      const pipeline = await system.startPipeline(ready);
      const planned = await system.until(pipeline, ({ jobs }) => jobs[0]?.conclusion !== null);
      const plannedAt = nowMs();
      const waiting = await system.until(pipeline, ({ jobs }) => jobs[1]?.status === 'manual');
      if (planned.jobs[0]?.conclusion !== 'succeeded') throw new Error(`the plan: ${planned.jobs[0]?.conclusion}`);
      const approvedAt = nowMs();
      await system.call('POST', `/api/jobs/${waiting.jobs[1]?.id}/approve`, {});
      await system.finish(pipeline);
      const appliedAt = nowMs();
      return {
        firstByte: (await initSeen) - createdAt,
        firstPlanByte: (await planSeen) - createdAt,
        planned: plannedAt - createdAt,
        applied: appliedAt - approvedAt,
      };
    };
    const runFloor = async () => {
      const dir = byHand.copy();
      const startedAt = nowMs();
      await byHand.plan(dir);
      const plannedAt = nowMs();
      await byHand.apply(dir);
      return { planned: plannedAt - startedAt, applied: nowMs() - plannedAt };
    };
    await alternate(2, runOurs, runFloor);
    const { ours, floor } = await alternate(rounds ?? 15, runOurs, runFloor);
    const row = { arm: 'plan-apply', unit: 'ms' };
    const toFirst = (what: string, values: number[], goal: Row['goal']): Row[] => [
      { ...row, what: `${what}, p50`, ours: median(values), floor: null, ratio: null, goal },
      { ...row, what: `${what}, p95`, ours: quantile(values, 0.95), floor: null, ratio: null, goal: null },
    ];
    const toWhole = (key: 'planned' | 'applied', what: string, goal: Row['goal']): Row => {
      const [mine, hand] = [ours.map((round) => round[key]), floor.map((round) => round[key])];
      return { ...row, what, ours: median(mine), floor: median(hand), ratio: medianRatio(mine, hand), goal };
    };
    return [
      ...toFirst(
        'created → first byte of the tool in the plan log',
        ours.map(({ firstByte }) => firstByte),
        atMost(71),
      ),
      ...toFirst(
        'created → first byte of the plan itself (after init)',
        ours.map(({ firstPlanByte }) => firstPlanByte),
        null,
      ),
      toWhole('planned', 'created → planned, by hand: init, plan, show', ratioAtMost(1.5)),
      toWhole('applied', 'approved → applied, by hand: init, apply', ratioAtMost(1.7)),
    ];
  },
};
