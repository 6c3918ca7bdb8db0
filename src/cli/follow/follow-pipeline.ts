import type { Clock } from '../../io/clock.ts';
import type { JobView, PipelineView } from '../../protocol/rest.ts';
import { toPageUrl } from '../client/page-url.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { toHeading } from '../show/heading.ts';
import type { Patience } from './patience.ts';
import { tellProgress } from './progress-teller.ts';
import { showLog } from './show-log.ts';
import { createChangeTeller } from './tell-changes.ts';
import { watchPipeline } from './watch-pipeline.ts';

export interface FollowOptions {
  operator: OperatorClient;
  pipeline: PipelineView;
  output: Output;
  clock: Clock;
  patience: Patience;
  /** Asked once for each job that waits for a person, when everything before it has been shown. */
  onManual?: (job: JobView, view: PipelineView) => Promise<void>;
}

const isBegun = (job: JobView | undefined): boolean => !job || job.attempt !== null || job.finishedAt !== null;

/** Shows a pipeline as it runs: a heading for each job, its output, a progress line. Resolves with its final view. */
export const followPipeline = async (options: FollowOptions): Promise<PipelineView> => {
  const { operator, pipeline, output, clock, patience, onManual } = options;
  const onChange = createChangeTeller(output, toPageUrl(operator, pipeline));
  const watch = watchPipeline({ operator, pipeline, patience, onChange });
  let shown = 0;
  const current = (): JobView | undefined => watch.view().jobs[shown];

  // One after the other, so that jobs that run at once do not mix; the log of each is kept until its turn.
  const showJobs = async (): Promise<void> => {
    for (; shown < pipeline.jobs.length; shown++) {
      await watch.until(() => isBegun(current()) || current()?.status === 'manual');
      const waiting = current();
      if (waiting?.status === 'manual' && onManual) await onManual(waiting, watch.view());
      await watch.until(() => isBegun(current()));
      const job = current();
      if (!job || job.attempt === null) continue;
      output.say('');
      output.say(toHeading(job.title, { number: shown + 1, of: pipeline.jobs.length }));
      await showLog(job, { operator, output, patience, watch });
    }
  };

  const over = new AbortController();
  const progress = tellProgress({ output, clock, current, signal: over.signal });
  try {
    await Promise.all([watch.over, showJobs()]);
  } finally {
    over.abort();
    await progress;
  }
  return watch.view();
};
