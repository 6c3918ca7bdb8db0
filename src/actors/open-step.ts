import { findPlugin } from '../plugins/registry.ts';
import type { StreamReader } from '../plugins/plugin.ts';
import type { AttemptEvent } from '../protocol/attempt.ts';
import type { StepOutput } from '../machines/step-outcome.ts';
import type { StepSpec } from '../protocol/job.ts';
import { Conclusion } from '../protocol/status.ts';
import type { Attempt } from './attempt.ts';
import { LOG_LINES } from './log-lines.ts';
import type { StepMark } from './log-mark.ts';
import { createPlainSegment, createStreamSegment, createTextSegment } from './log-segment.ts';
import type { World } from './world.ts';

export interface OpenStep {
  index: number;
  /** Folder of this start. */
  directory: string;
  step: StepSpec;
}

/** Begins a start of a step in the log: its command line, then its output. */
export const openStep = (world: World, attempt: Attempt, open: OpenStep): void => {
  const { step, index, directory } = open;
  const said = step.shown === null ? null : attempt.masker.text(LOG_LINES.command(step.shown));
  const mark: StepMark = { index, directory, step: { ...step, env: {} }, said };
  attempt.journal.append({ kind: 'mark', at: world.clock.now(), mark: 'log', data: mark });
  tellStart(attempt, step);
  followStep(world, attempt, mark);
};

/** Its command line was said, or is implied by its mark. */
export const tellStart = (attempt: Attempt, step: StepSpec): void =>
  attempt.outbox.tell({ type: 'step.started', step: step.key, command: step.shown ?? step.key });

/** Only the step's machine knows the conclusion. */
export const tellEnd = (attempt: Attempt, ended: Pick<StepOutput, 'key' | 'conclusion' | 'exitCode'>): void =>
  attempt.outbox.tell({
    type: 'step.finished',
    step: ended.key,
    conclusion: Conclusion.catch('failed').parse(ended.conclusion),
    exitCode: ended.exitCode,
  });

/** Adds a start of a step to the log: also one of an earlier life. */
export const followStep = (world: World, attempt: Attempt, { step, index, directory, said }: StepMark): void => {
  if (typeof said === 'string') attempt.log.add(createTextSegment(said));
  const ended = new AbortController();
  const output = world.createTail(`${directory}/output`);
  const stderr = step.format === 'plain' ? null : world.createTail(`${directory}/stderr`);
  attempt.steps.set(index, { directory, output, stderr, ended });
  attempt.tails.push(output, ...(stderr ? [stderr] : []));
  const files = { output, stderr, ended: ended.signal };
  if (step.format !== 'tool-json') {
    attempt.log.add(createPlainSegment(files, step.format === 'plain'));
    return;
  }
  const createReader = (): StreamReader => {
    const reader = findPlugin(attempt.spec.task.kind).createReader(step);
    attempt.readers.set(index, reader);
    return reader;
  };
  // A later life, or a log that is read again, hears the same events again: those that were told are not told twice.
  const origin = directory.slice(directory.lastIndexOf('/') + 1);
  let told = attempt.outbox.toldBy(origin);
  const tell = (event: AttemptEvent, number: number): void => {
    if (event.type === 'progress') attempt.progress = event.progress;
    if (number < told) return;
    told = number + 1;
    attempt.outbox.tell(event, origin);
  };
  attempt.log.add(createStreamSegment(files, createReader, tell));
};
