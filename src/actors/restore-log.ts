import type { FoundJob } from '../machines/job.setup.ts';
import type { TraceMark } from '../protocol/trace.ts';
import type { Attempt } from './attempt.ts';
import { LogMark, type StepMark } from './log-mark.ts';
import { createTextSegment } from './log-segment.ts';
import { followStep, tellEnd, tellStart } from './open-step.ts';
import type { JournalledEvent } from './outbox.ts';
import type { World } from './world.ts';

/**
 * Makes the log of earlier lives again, byte for byte, from the marks of all of them. What an earlier life had no time to tell of its
 * steps is told now: an event is journalled after the mark or the verdict that it follows from.
 */
export const restoreLog = (
  world: World,
  attempt: Attempt,
  marks: readonly TraceMark[],
  { reached, done }: Omit<FoundJob, 'current'>,
): void => {
  const logged = marks.filter(({ mark }) => mark === 'log').map(({ data }) => LogMark.parse(data));
  // Preparing begins anew, and says all of its lines again.
  const from = reached === 'preparing' ? logged.length : logged.findLastIndex((mark) => 'begins' in mark) + 1;
  const starts: StepMark[] = [];
  for (const mark of logged.slice(from)) {
    if ('text' in mark) attempt.log.add(createTextSegment(mark.text));
    if (!('step' in mark)) continue;
    attempt.steps.get(mark.index)?.ended.abort();
    followStep(world, attempt, mark);
    // The current one may run, or may never have been started; what ended before it is read to its end at once.
    if (mark.index !== done.length || reached === 'concluding') attempt.steps.get(mark.index)?.ended.abort();
    starts.push(mark);
  }
  attempt.hasSaidLast =
    logged.some((mark) => 'text' in mark && mark.isLast === true) || marks.some(({ mark }) => mark === 'result');

  const told = (type: string): number =>
    marks.filter(({ mark, data }) => mark === 'events' && (data as JournalledEvent).event.type === type).length;
  for (const { step } of starts.slice(told('step.started'))) tellStart(attempt, step);
  for (const step of done.slice(told('step.finished'))) tellEnd(attempt, step);
};
