import * as z from 'zod';
import { ArtifactRef, Outputs, Summary } from '../protocol/attempt.ts';
import { PlanRef } from '../protocol/job.ts';
import type { Attempt } from './attempt.ts';
import type { World } from './world.ts';

/** What concluding a job found, kept as `findings.json` until the result is delivered. */
export const Findings = z.object({
  summary: Summary.nullable(),
  outputs: Outputs,
  plan: PlanRef.nullable(),
  /** Artifacts to hand over, each with its file. */
  artifacts: z.array(z.object({ ref: ArtifactRef, file: z.string() })),
  finishedAt: z.number(),
  /** What happened to state and lock, where the job did not succeed; said at the end of its log. */
  note: z.string().nullable().default(null),
});
export type Findings = z.infer<typeof Findings>;

/** What concluding found; where that failed altogether there is still a job to report. */
export const readFindings = async (world: World, { directory, prepared }: Attempt): Promise<Findings> => {
  const facts = await directory.readFacts('findings');
  const finishedAt = prepared?.startedAt ?? world.clock.now();
  return Findings.parse(facts ?? { summary: null, outputs: {}, plan: null, artifacts: [], finishedAt });
};
