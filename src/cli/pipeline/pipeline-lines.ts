import { RESOLVE_WAYS, type JobView, type PipelineView, type Resolution } from '../../protocol/rest.ts';
import { toMoment, toTable } from '../operator/to-table.ts';
import { toDuration } from '../show/words.ts';
import { toPlain } from './to-plain.ts';

/** `Settled by operator on … as accept: looked at it`. */
export const toSettledLine = ({ as, by, at, reason, pipeline }: Resolution): string => {
  const importing = pipeline === null ? '' : ` (pipeline ${pipeline})`;
  return `Settled as \`${as}\`${importing} by ${by}, ${toMoment(at)}${reason === '' ? '.' : `: ${toPlain(reason)}`}`;
};

const toJobLines = (job: JobView, pipeline: string): string[] => {
  const { title, reason, reconciliation, waitsFor } = job;
  const open = `  Needs reconciliation: \`signalbox pipeline evidence ${pipeline}\`, then \`… resolve ${pipeline} --as ${RESOLVE_WAYS}\`.`;
  const lines = [
    waitsFor === null ? null : `  ${waitsFor}`,
    reason === null ? null : `  ${reason.message}`,
    reason?.hint ? `  ${reason.hint}` : null,
    reconciliation?.open ? open : null,
    reconciliation?.resolution ? `  ${toSettledLine(reconciliation.resolution)}` : null,
  ].filter((line) => line !== null);
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(toPlain)];
};

const toSpent = ({ startedAt, finishedAt }: Pick<JobView, 'startedAt' | 'finishedAt'>): string =>
  startedAt === null || finishedAt === null ? '-' : toDuration(finishedAt - startedAt);

/** A pipeline for people: its jobs, and what each waits for or ended by. */
export const toPipelineLines = (view: PipelineView): string[] => {
  const rows = view.jobs.map((job) => [
    job.title,
    job.status,
    toSpent(job),
    job.runner?.name ?? '-',
    job.attempt ?? '-',
  ]);
  const own = view.jobs.some(({ reason }) => reason?.message === view.reason?.message) ? null : view.reason;
  return [
    `Pipeline ${view.number} of ${view.architecture.name} (${view.workflow}): ${view.status}.`,
    `${view.id}, created ${toMoment(view.createdAt)}`,
    ...(own === null ? [] : [toPlain(own.message)]),
    '',
    ...toTable([['JOB', 'STATUS', 'TIME', 'RUNNER', 'ATTEMPT'], ...rows]),
    ...view.jobs.flatMap((job) => toJobLines(job, view.id)),
  ];
};
