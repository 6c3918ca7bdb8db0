import * as z from 'zod';
import { Outputs } from '../../protocol/attempt.ts';

/** What a stream told, as kept in `StepEvidence.facts`. Lists are cut at 100 names; the numbers count all. */
export const StreamFacts = z.object({
  /** Of the tool's closing summary; null: it never came to one. */
  operation: z.string().nullable().default(null),
  errors: z.number().default(0),
  warnings: z.number().default(0),
  /** What its errors say about the world around the code: see `findFailureSign`. */
  sign: z.enum(['transient', 'permanent']).nullable().default(null),
  /** Planned changes by action: `create`, `update`, `delete`, `replace`, `move`, `remove`, `import` … */
  planned: z.record(z.string(), z.number()).default({}),
  drift: z.number().default(0),
  drifted: z.array(z.string()).default([]),
  completed: z.number().default(0),
  errored: z.array(z.string()).default([]),
  /** Addresses that were started, and of which no end was told. */
  unfinished: z.array(z.string()).default([]),
  outputs: Outputs.default({}),
  /** Set by the judge. */
  exitCode: z.number().optional(),
});
export type StreamFacts = z.infer<typeof StreamFacts>;
