import { MACHINES } from './catalog.ts';

/** The machines that live in a job's trace. */
const RECORDED = ['job', 'lease', 'step', 'delivery'];

/**
 * What a trace's header says of the machines that decided it. A machine's `version` is raised when a trace that it recorded before
 * would no longer fold through it (docs/replay.md).
 */
export const MACHINE_VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  RECORDED.map((name) => [name, MACHINES[name]?.version ?? '']),
);
