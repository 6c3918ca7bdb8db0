import { getLog } from '../live/api.ts';
import { watch } from '../live/watch.ts';
import { signal, type Signal } from '../preact.ts';
import { LogLines } from './log-lines.ts';

/** More than this of a log is not fetched for reading; the newest part is shown. */
const MAX_SHOWN_BYTES = 16 * 1024 * 1024;

export interface FollowedLog {
  log: LogLines;
  /** Grows whenever there are new lines. */
  version: Signal<number>;
  isComplete: Signal<boolean>;
  problem: Signal<string>;
  /** Bytes before the first one shown. */
  skippedBytes: number;
  stop: () => void;
}

/** Reads a job's log as it is written. `knownBytes`: how long it is already. */
export const followLog = (job: string, knownBytes: number): FollowedLog => {
  const log = new LogLines();
  const [version, isComplete, problem] = [signal(0), signal(false), signal('')];
  const skippedBytes = Math.max(0, knownBytes - MAX_SHOWN_BYTES);
  let offset = skippedBytes;
  const stop = watch(
    async (aborted) => {
      const { bytes, next, isComplete: isOver } = await getLog(job, offset, aborted);
      offset = next;
      log.append(bytes);
      if (bytes.length > 0) version.value++;
      if (isOver) isComplete.value = true;
      return isOver ? null : 0;
    },
    (refused) => (problem.value = refused.message),
  );
  return { log, version, isComplete, problem, skippedBytes, stop };
};
