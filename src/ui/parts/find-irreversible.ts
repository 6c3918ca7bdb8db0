import type { PipelineView } from '../../protocol/rest.ts';

/** Steps that are not killed by the passing of time; of a script the page does not know, so it may be one. */
const IRREVERSIBLE = /^(?:apply|import(?:-\d+)?|script)$/;

/** The step that runs now and is killed by an explicit act only; null: none. */
export const findIrreversible = ({ jobs }: PipelineView): { job: string; step: string } | null => {
  const running = jobs.filter(({ status }) => status === 'running');
  for (const { title, steps } of running) {
    const step = steps.find(({ key, conclusion }) => conclusion === null && IRREVERSIBLE.test(key));
    if (step) return { job: title, step: step.key };
  }
  return null;
};
