import { findPlugin } from '../plugins/registry.ts';
import type { StreamReader } from '../plugins/plugin.ts';
import type { AttemptEvent } from '../protocol/attempt.ts';
import type { StepSpec } from '../protocol/job.ts';
import type { Attempt } from './attempt.ts';
import { LOG_LINES } from './log-lines.ts';
import { createPlainSegment, createStreamSegment } from './log-segment.ts';
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
  if (step.shown !== null) attempt.say(LOG_LINES.command(step.shown));
  attempt.journal.append({
    kind: 'mark',
    at: world.clock.now(),
    mark: 'log',
    data: { index, directory, step: { ...step, env: {} } },
  });
  attempt.outbox.tell({ type: 'step.started', step: step.key, command: step.shown ?? step.key });
  followStep(world, attempt, open);
};

/** Adds a step's output to the log: also of an earlier life, whose command line and start are told already. */
export const followStep = (world: World, attempt: Attempt, { step, index, directory }: OpenStep): void => {
  const ended = new AbortController();
  const output = world.createTail(`${directory}/output`);
  const stderr = step.format === 'plain' ? null : world.createTail(`${directory}/stderr`);
  attempt.steps.set(index, { directory, output, stderr, ended });
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
