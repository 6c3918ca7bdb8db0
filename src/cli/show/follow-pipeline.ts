import { styleText } from 'node:util';
import type { Clock } from '../../io/clock.ts';
import { fromAttemptId } from '../../protocol/ids.ts';
import type { JobView, PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { toProgressLine } from './words.ts';

export interface FollowOptions {
  operator: OperatorClient;
  pipeline: PipelineView;
  output: Output;
  clock: Clock;
  /** Asked once for each job that waits for a person. */
  onManual?: (job: JobView, view: PipelineView) => Promise<void>;
}

const HOLD_MS = 20_000;
const TICK_MS = 1000;

/** Shows a pipeline as it runs: a heading for each job, its output, a progress line. Resolves with its final view. */
export const followPipeline = async (options: FollowOptions): Promise<PipelineView> => {
  const { operator, output, clock } = options;
  let view = options.pipeline;
  const over = new AbortController();
  const waiters = new Set<() => void>();
  const changed = () => {
    for (const go of [...waiters]) go();
    waiters.clear();
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise<void>((resolve) => waiters.add(resolve));
  };
  const asked = new Set<string>();
  const told = new Map<string, string>();

  const tell = (): void => {
    for (const { id, key, title, status, reason, progress } of view.jobs) {
      if (told.get(id) !== status) output.event({ type: 'job', job: id, key, title, status, reason });
      told.set(id, status);
      const line = JSON.stringify(progress);
      if (progress && told.get(`${id} progress`) !== line)
        output.event({ type: 'progress', job: id, key, ...progress });
      told.set(`${id} progress`, line);
    }
    if (told.get(view.id) !== view.status) {
      output.event({
        type: 'pipeline',
        pipeline: view.id,
        number: view.number,
        architecture: view.architecture.name,
        status: view.status,
      });
    }
    told.set(view.id, view.status);
  };

  const watch = async (): Promise<void> => {
    tell();
    while (view.finishedAt === null) {
      for (const job of view.jobs) {
        if (job.status !== 'manual' || asked.has(job.id) || !options.onManual) continue;
        asked.add(job.id);
        // Its plan is read first: the output before it has to be on the screen.
        await until(() => isShownUpTo(job));
        await options.onManual(job, view);
      }
      view = await operator.readPipeline(view.id, view.version, HOLD_MS);
      tell();
      changed();
    }
    changed();
  };

  let shownJobs = 0;
  const isShownUpTo = (job: JobView): boolean => view.jobs.findIndex(({ id }) => id === job.id) <= shownJobs;
  const current = (): JobView | undefined => view.jobs[shownJobs];

  const showLogs = async (): Promise<void> => {
    for (; shownJobs < view.jobs.length; shownJobs++, changed()) {
      await until(() => current()?.startedAt !== null || current()?.finishedAt !== null || view.finishedAt !== null);
      const job = current();
      if (!job || job.startedAt === null) continue;
      output.say('');
      output.say(styleText('bold', `── ${job.title} ──`));
      await showLog(job);
    }
  };

  /** The output of a job's newest attempt to its end: a job that lost its runner begins a new one. */
  const showLog = async ({ id, key }: JobView): Promise<void> => {
    const attemptNow = () => view.jobs.find((job) => job.id === id)?.attempt ?? null;
    for (let attempt = attemptNow(); attempt !== null;) {
      const decoder = new TextDecoder();
      for (let offset = 0, isComplete = false; !isComplete && attempt === attemptNow();) {
        const part = await operator.readLog(id, fromAttemptId(attempt).number, offset, HOLD_MS);
        const text = decoder.decode(part.bytes, { stream: true });
        output.write(text);
        if (text !== '') output.event({ type: 'log', job: id, key, text });
        offset = part.next;
        isComplete = part.isComplete;
      }
      const next = attemptNow();
      if (next === attempt) return;
      attempt = next;
    }
  };

  const showProgress = async (): Promise<void> => {
    let last = '';
    while (!over.signal.aborted) {
      const job = current();
      const isRunning = job !== undefined && job.status === 'running' && job.startedAt !== null;
      if (isRunning)
        output.progress(`${job.title}: ${toProgressLine(job.progress, clock.now() - (job.startedAt ?? 0))}`);
      else output.progress(null);
      const count = isRunning && job.progress ? `${job.key} ${job.progress.done}` : '';
      if (!output.isTerminal && isRunning && count !== '' && count !== last) {
        output.say(`   ${toProgressLine(job.progress, clock.now() - (job.startedAt ?? 0))}`);
      }
      last = count;
      await clock.wait(TICK_MS, over.signal);
    }
    output.progress(null);
  };

  const progress = showProgress();
  try {
    await Promise.all([watch(), showLogs()]);
  } finally {
    over.abort();
    await progress;
  }
  return view;
};
