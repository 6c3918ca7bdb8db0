import * as z from 'zod';
import { AttemptId, Timestamp } from './ids.ts';

/**
 * The format that is written. 1 had no `machines` and no digest in its seal; every version up to this one is read.
 */
export const TRACE_VERSION = 2;

/** First line of every life: a runner process that takes the job over opens the next one. */
export const TraceHeader = z.object({
  kind: z.literal('life'),
  version: z.number().int(),
  life: z.number().int().positive(),
  at: Timestamp,
  attempt: AttemptId,
  runner: z.string(),
  signalbox: z.string(),
  /** The versions of the machines that decided this life, by name; a trace of format 1 does not say. */
  machines: z.record(z.string(), z.string()).default({}),
});
/** An event that crossed a machine's boundary, and the state it led to. `to` and `from` are actor paths. */
export const TraceEvent = z.object({
  kind: z.literal('event'),
  seq: z.number().int().nonnegative(),
  at: Timestamp,
  to: z.string(),
  from: z.string().nullable(),
  /** The machine at `to`. */
  machine: z.string(),
  event: z.looseObject({ type: z.string() }),
  /** The machine's value after the event, as dotted text; null where the process ended before it was known. */
  state: z.string().nullable(),
});
/**
 * Something that was acknowledged or is needed to go on: log checkpoint, events, state, permit, result. `sealed` closes the trace;
 * the journal puts the digest of every byte before it into its data.
 */
export const TraceMark = z.object({
  kind: z.literal('mark'),
  at: Timestamp,
  mark: z.enum(['log', 'events', 'state', 'permit', 'result', 'sealed']),
  data: z.unknown(),
});
export const TraceEntry = z.discriminatedUnion('kind', [TraceHeader, TraceEvent, TraceMark]);
export type TraceHeader = z.infer<typeof TraceHeader>;
export type TraceEvent = z.infer<typeof TraceEvent>;
export type TraceMark = z.infer<typeof TraceMark>;
export type TraceEntry = z.infer<typeof TraceEntry>;
