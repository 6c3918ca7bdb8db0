import * as z from 'zod';
import { ArtifactRef, Outputs, Summary } from '../protocol/attempt.ts';
import { PlanRef } from '../protocol/job.ts';

/** What concluding a job found, kept as `findings.json` until the result is delivered. */
export const Findings = z.object({
  summary: Summary.nullable(),
  outputs: Outputs,
  plan: PlanRef.nullable(),
  /** Artifacts to hand over, each with its file. */
  artifacts: z.array(z.object({ ref: ArtifactRef, file: z.string() })),
  finishedAt: z.number(),
});
export type Findings = z.infer<typeof Findings>;
