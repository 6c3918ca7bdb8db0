import { MACHINE_VERSIONS } from '../machines/versions.ts';
import { TRACE_VERSION, type TraceHeader } from '../protocol/trace.ts';
import type { World } from './world.ts';

/** The first line of a runner process's part of a trace. */
export const toLifeHeader = ({ clock, settings }: World, attempt: string, life: number): TraceHeader => ({
  kind: 'life',
  version: TRACE_VERSION,
  life,
  at: clock.now(),
  attempt,
  runner: settings.name,
  signalbox: settings.version,
  machines: MACHINE_VERSIONS,
});
