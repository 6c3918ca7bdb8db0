import { CATALOGUE, type ErrorCode } from '../../protocol/catalogue.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import type { Output } from '../command.ts';
import { outputsOf, summaryOf, toResultLines } from './words.ts';

/** The end of a pipeline: a table for people, the last event for programs. */
export const tellResult = (
  output: Output,
  view: PipelineView,
  /** `isLeaving`: the control plane ends with this command. */
  { url, isLeaving = false }: { url: string; isLeaving?: boolean },
): void => {
  for (const line of toResultLines(view)) output.say(line);
  output.say('');
  output.say(isLeaving ? `Its page, when \`signalbox up\` runs: ${url}` : `Its page: ${url}`);
  output.event({
    type: 'result',
    pipeline: view.id,
    number: view.number,
    architecture: view.architecture.name,
    status: view.status,
    reason: view.reason ?? view.jobs.find(({ reason }) => reason !== null)?.reason ?? null,
    summary: summaryOf(view),
    outputs: outputsOf(view),
    url,
  });
};

const isCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);

/** What a pipeline's end means for the process: 0, 1 (failed), or 2 where a job failed for how it was configured. */
export const toExitCode = (view: PipelineView): number => {
  if (view.status === 'succeeded' || view.status === 'warning') return 0;
  const code = view.jobs.find(({ reason, conclusion }) => reason !== null && conclusion === 'failed')?.reason?.code;
  return code !== undefined && isCode(code) && CATALOGUE[code].exit === 2 ? 2 : 1;
};
