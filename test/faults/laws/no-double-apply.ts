import * as z from 'zod';
import { readTrace } from '../../../src/trace/read.ts';
import type { AttemptFacts, RunFacts } from '../facts.ts';
import type { Law, Violation } from './law.ts';

const StartMark = z.object({ index: z.number(), step: z.object({ key: z.string(), effect: z.string() }) });

/** Each object is made and removed at most once: every flow has one apply, and at most one destroy. */
const findInCloud = ({ calls }: RunFacts): string[] => {
  const counts = new Map<string, number>();
  for (const { call, moment, name } of calls) {
    if (moment !== 'begun' || call === 'read') continue;
    const what = `${name} had ${call}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([what, count]) => `${what} called ${count} times`);
};

/** Every start of an irreversible step of an attempt, by the step's place in its job, as the trace has it. */
const listStarts = ({ trace, id }: AttemptFacts): string[] => {
  if (trace === null) return [];
  const entries = readTrace(trace, id).flatMap((life) => life.entries);
  return entries.flatMap((entry) => {
    const mark = entry.kind === 'mark' && entry.mark === 'log' ? StartMark.safeParse(entry.data).data : undefined;
    return mark?.step.effect === 'irreversible' ? [`${mark.index} (${mark.step.key})`] : [];
  });
};

/** Nothing irreversible happens twice: not in the cloud, and not by the traces, over all attempts of a job. */
export const noDoubleApply: Law = ({ runs, attempts }) => {
  const violations: Violation[] = runs.flatMap((run) =>
    findInCloud(run).map((what) => ({ run: run.plan.number, what })),
  );
  for (const { plan, jobs } of runs) {
    for (const { id, key } of jobs) {
      const starts = attempts.filter(({ record }) => record.job_id === id).flatMap(listStarts);
      const again = new Set(starts.filter((start, index) => starts.indexOf(start) !== index));
      for (const step of again) violations.push({ run: plan.number, what: `step ${step} of ${key} was started again` });
    }
  }
  return violations;
};
