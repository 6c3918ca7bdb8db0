import type { Clock } from '../../io/clock.ts';
import type { JobView } from '../../protocol/rest.ts';
import type { Output } from '../command.ts';
import { toProgressLine } from '../show/words.ts';

const TICK_MS = 1000;
/** Waiting shorter than this is not worth a word. */
const PATIENT_MS = 3000;

/** The line under the output: how far the job is, or what it waits for. Without a terminal, a plain line at each step. */
export const tellProgress = async (options: {
  output: Output;
  clock: Clock;
  current: () => JobView | undefined;
  signal: AbortSignal;
}): Promise<void> => {
  const { output, clock, current, signal } = options;
  let waitsFor: string | null = null;
  let since = clock.elapsed();
  let said = '';
  const show = (line: string, step: string): void => {
    output.progress(line);
    if (!output.isTerminal && step !== said) output.say(`   ${line}`);
    said = step;
  };

  while (!signal.aborted) {
    const job = current();
    const wait = job === undefined || job.status === 'manual' ? null : job.waitsFor;
    if (wait !== waitsFor) since = clock.elapsed();
    waitsFor = wait;
    if (job?.status === 'running' && job.startedAt !== null) {
      const line = `${job.title}: ${toProgressLine(job.progress, clock.now() - job.startedAt)}`;
      if (job.progress === null) output.progress(line);
      else show(line, `${job.key} ${job.progress.done}`);
    } else if (job && wait !== null && clock.elapsed() - since >= PATIENT_MS) show(`${job.title}: ${wait}`, wait);
    else output.progress(null);
    await clock.wait(TICK_MS, signal);
  }
  output.progress(null);
};
