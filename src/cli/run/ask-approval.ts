import type { Summary } from '../../protocol/attempt.ts';
import type { JobView, PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { summaryOf, toSummaryLine } from '../show/words.ts';

const isNothing = (summary: Summary | null): boolean =>
  summary !== null && Object.values(summary).every((count) => count === 0);

/** Asks about the plan that has just been shown, and decides as answered. A plan that changes nothing is not asked about. */
export const createApproval =
  ({ operator, output, interrupted }: { operator: OperatorClient; output: Output; interrupted: AbortSignal }) =>
  async (job: JobView, view: PipelineView): Promise<void> => {
    const summary = summaryOf(view);
    if (isNothing(summary)) return operator.decide(job.id, 'approve');
    output.progress(null);
    output.say('');
    output.say(`${view.architecture.name}: ${toSummaryLine(summary, true)}.`);
    const question = `${job.title === 'Destroy' ? 'Destroy all of this' : 'Apply these changes'}? Only 'yes' is accepted: `;
    const answer = await output.ask(question);
    if (interrupted.aborted) return;
    await operator.decide(job.id, answer?.trim() === 'yes' ? 'approve' : 'reject');
    if (answer?.trim() !== 'yes') output.say('Not applied.');
  };
