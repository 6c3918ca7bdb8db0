import { stripVTControlCharacters } from 'node:util';
import { fromAttemptId } from '../../protocol/ids.ts';
import type { JobView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { createLinePrinter } from './line-printer.ts';
import type { Patience } from './patience.ts';
import type { PipelineWatch } from './watch-pipeline.ts';

const HOLD_MS = 20_000;

/** Shows the output of a job to its end; of a job that lost its runner, that of each attempt. */
export const showLog = async (
  { id, key }: Pick<JobView, 'id' | 'key'>,
  options: {
    operator: Pick<OperatorClient, 'readLog'>;
    output: Output;
    patience: Patience;
    watch: PipelineWatch;
  },
): Promise<void> => {
  const { operator, output, patience, watch } = options;
  const jobNow = () => watch.view().jobs.find((job) => job.id === id);
  const attemptNow = () => jobNow()?.attempt ?? null;
  const printer = createLinePrinter((text) => {
    output.write(text);
    output.event({ type: 'log', job: id, key, text: stripVTControlCharacters(text) });
  });

  let attempt = attemptNow();
  while (attempt !== null) {
    const { number } = fromAttemptId(attempt);
    let offset = 0;
    let isComplete = false;
    while (!isComplete) {
      const part = await patience(() => operator.readLog(id, number, offset, HOLD_MS));
      printer.push(part.bytes);
      offset = part.next;
      isComplete = part.isComplete;
    }
    printer.end();
    const shown = attempt;
    // The log is complete a moment before the job is over, or before it is tried again.
    await watch.until(() => attemptNow() !== shown || jobNow()?.finishedAt !== null);
    attempt = attemptNow() === shown ? null : attemptNow();
  }
};
