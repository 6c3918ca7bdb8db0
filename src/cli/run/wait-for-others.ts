import type { Clock } from '../../io/clock.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';

const LOOK_MS = 500;

/** Other commands may have come to run on our control plane: it stays until what they started is over. */
export const waitForOthers = async (options: {
  operator: Pick<OperatorClient, 'listPipelines'>;
  output: Output;
  clock: Clock;
  /** When our control plane was opened: what is older waits for nobody here. */
  since: number;
  interrupted: AbortSignal;
}): Promise<void> => {
  const { operator, output, clock, since, interrupted } = options;
  let isSaid = false;
  while (!interrupted.aborted) {
    const pipelines = await operator.listPipelines(50);
    const others = pipelines.filter(({ createdAt, finishedAt }) => createdAt >= since && finishedAt === null);
    if (others.length === 0) return;
    if (!isSaid) output.say('Another command runs a pipeline here: staying until it is over. Ctrl-C ends it now.');
    isSaid = true;
    await clock.wait(LOOK_MS, interrupted);
  }
};
