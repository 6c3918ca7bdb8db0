import type { JobView, PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { summaryOf, toSummaryLine } from '../show/words.ts';

/** The exit code of a plan without any change; 2 says that there are some. Moves and the like are in no summary. */
const isUnchanged = (view: PipelineView): boolean =>
  view.jobs.flatMap(({ steps }) => steps).find(({ key }) => key === 'plan')?.exitCode === 0;

/** Asks about the plan that has just been shown, and decides as answered. A plan that changes nothing is not asked about. */
export const createApproval =
  (options: { operator: Pick<OperatorClient, 'decide'>; output: Output; interrupted: AbortSignal }) =>
  async (job: JobView, view: PipelineView): Promise<void> => {
    const { operator, output, interrupted } = options;
    if (isUnchanged(view)) return operator.decide(job.id, 'approve');
    output.progress(null);
    output.say('');
    output.say(`${view.architecture.name}: ${toSummaryLine(summaryOf(view), true)}.`);
    const what = job.title === 'Destroy' ? 'Destroy all of this' : 'Apply these changes';
    const isYes = (await output.ask(`${what}? Only 'yes' is accepted: `))?.trim() === 'yes';
    if (interrupted.aborted) return;
    await operator.decide(job.id, isYes ? 'approve' : 'reject');
    if (!isYes) output.say('Nothing is applied.');
  };
