import * as z from 'zod';
import { Conclusion, Reason } from '../protocol/status.ts';

/** The machine's outcome, as the journal keeps it. */
export const JobOutcome = z.object({
  conclusion: Conclusion,
  reason: Reason.nullable(),
  exitCode: z.number().int().nullable(),
});
export type JobOutcome = z.infer<typeof JobOutcome>;
