import * as z from 'zod';
import { StateHead } from '../protocol/job.ts';

/** What preparing a job found out and a later life needs again: kept as `prepared.json` in the job's directory. */
export const Prepared = z.object({
  tool: z
    .object({ name: z.enum(['terraform', 'tofu']), shown: z.string(), path: z.string(), version: z.string() })
    .nullable(),
  /** The workspace, and where it is shown to the steps. */
  workspace: z.string(),
  shownAt: z.string(),
  /** The module's folder, really and as the steps see it. */
  module: z.string(),
  cwd: z.string(),
  /** The managed state file; null: the code's own backend holds the state. */
  stateFile: z.string().nullable(),
  initialState: StateHead.nullable(),
  startedAt: z.number(),
  /** The same on the clock that no jump moves, and the boot of the host that it counts from. Older runners kept none. */
  startedElapsed: z.number().optional(),
  hostBoot: z.string().optional(),
  /** Files of the workspace before anything ran, to tell what planning created. */
  files: z.array(z.tuple([z.string(), z.object({ size: z.number(), mode: z.number(), changedAt: z.number() })])),
});
export type Prepared = z.infer<typeof Prepared>;
