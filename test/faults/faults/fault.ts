import type { Box } from '../box/box.ts';
import type { Runner } from '../box/runner.ts';
import type { FaultPlan } from '../scenario.ts';

/** Where a fault strikes. */
export interface Stage {
  box: Box;
  /** The runner that is meant. */
  runner: Runner;
  /** The pipeline that is meant. */
  pipeline: string;
}

/** Does its damage, and mends what has to be mended from outside: afterwards every process runs and every network is whole. */
export type Fault = (stage: Stage, plan: FaultPlan) => Promise<void>;
