import * as z from 'zod';
import { StepSpec } from '../protocol/job.ts';

/** What the journal says of the log: a later life makes the same one of it. */
export const LogMark = z.union([
  /** The log begins here: preparing begins, perhaps not for the first time. */
  z.object({ begins: z.literal(true) }),
  /** Lines of our own. `isLast`: those that say how the job ended. */
  z.object({ text: z.string(), isLast: z.boolean().optional() }),
  /** A start of a step: `said`, then what its files in `directory` hold. Absent in traces of format 1: a text of its own says it. */
  z.object({ index: z.number().int(), directory: z.string(), step: StepSpec, said: z.string().nullable().optional() }),
]);
export type LogMark = z.infer<typeof LogMark>;
export type StepMark = Extract<LogMark, { step: unknown }>;
