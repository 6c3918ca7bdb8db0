import type { Outputs, Progress, Summary } from '../../protocol/attempt.ts';
import type { JobView, PipelineView } from '../../protocol/rest.ts';

/** `72000` → `1 min 12 s`. */
export const toDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** `4/6 resources, 12 s`. */
export const toProgressLine = (progress: Progress | null, elapsedMs: number): string => {
  const count = progress && `${progress.done}${progress.total === null ? '' : `/${progress.total}`} ${progress.noun}, `;
  return `${count ?? ''}${toDuration(elapsedMs)}`;
};

export const toSummaryLine = (summary: Summary | null, isPlan: boolean): string => {
  if (!summary) return '';
  const { add, change, remove, outputs } = summary;
  if (add + change + remove + summary.import + outputs === 0) return isPlan ? 'no changes' : 'nothing changed';
  const imported = summary.import > 0 ? `${summary.import} to import, ` : '';
  return isPlan
    ? `${imported}${add} to add, ${change} to change, ${remove} to destroy`
    : `${add} added, ${change} changed, ${remove} destroyed`;
};

export const toOutputLines = (outputs: Outputs): string[] =>
  Object.entries(outputs)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, output]) => `  ${name} = ${output.sensitive ? '(sensitive)' : JSON.stringify(output.value ?? null)}`);

const isPlan = (job: JobView): boolean => job.key === 'plan' || job.key.startsWith('plan-');

/** What a pipeline came to: a line for each job, the reasons of what failed, and the outputs. */
export const toResultLines = (view: PipelineView): string[] => {
  const spent =
    view.finishedAt !== null && view.startedAt !== null ? ` in ${toDuration(view.finishedAt - view.startedAt)}` : '';
  const width = Math.max(...view.jobs.map(({ title }) => title.length));
  const jobs = view.jobs.map((job) => {
    const time = job.finishedAt !== null && job.startedAt !== null ? toDuration(job.finishedAt - job.startedAt) : '';
    return `  ${job.title.padEnd(width)}  ${job.status.padEnd(10)}  ${time.padEnd(8)}  ${toSummaryLine(job.summary, isPlan(job))}`.trimEnd();
  });
  const reasons = view.jobs.flatMap(({ title, reason, conclusion }) =>
    reason && conclusion !== 'skipped'
      ? ['', `${title}: ${reason.message}`, ...(reason.hint ? [`  ${reason.hint}`] : [])]
      : [],
  );
  const outputs = toOutputLines(outputsOf(view));
  return [
    '',
    `Pipeline ${view.number} of ${view.architecture.name} ${view.status}${spent}.`,
    ...jobs,
    ...reasons,
    ...(outputs.length > 0 ? ['', 'Outputs:', ...outputs] : []),
  ];
};

/** Of the last job that has any. */
export const outputsOf = (view: PipelineView): Outputs =>
  view.jobs.findLast(({ outputs }) => Object.keys(outputs).length > 0)?.outputs ?? {};

/** Of the last job that has one. */
export const summaryOf = (view: PipelineView): Summary | null =>
  view.jobs.findLast(({ summary }) => summary !== null)?.summary ?? null;
