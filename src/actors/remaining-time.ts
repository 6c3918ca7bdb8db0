import type { JobSpec } from '../protocol/job.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

/** So that a job whose time is up is still adopted, and then interrupted in good order. */
const MIN_MS = 1000;

/**
 * What is left of a job's longest execution when another process takes it over. Wall time may have jumped: only the clock that
 * counts since the host's boot says how long it ran. Across a boot nobody knows, and nothing is ended early.
 */
export const toRemainingMs = (
  { clock, settings }: Pick<World, 'clock' | 'settings'>,
  spec: Pick<JobSpec, 'maxExecutionMs'>,
  prepared: Pick<Prepared, 'startedElapsed' | 'hostBoot'> | null,
): number => {
  const longestMs = Math.min(spec.maxExecutionMs, settings.maxExecutionMs);
  const isSameBoot = prepared?.hostBoot === settings.hostBoot && settings.hostBoot !== '';
  const spentMs = isSameBoot && prepared?.startedElapsed !== undefined ? clock.elapsed() - prepared.startedElapsed : 0;
  return Math.min(longestMs, Math.max(MIN_MS, longestMs - spentMs));
};
