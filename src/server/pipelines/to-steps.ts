import type { JobView } from '../../protocol/rest.ts';
import type { FoundJob } from './find-jobs.ts';

/** Steps in the order they started; a step that was tried again shows its last try. */
export const toSteps = (events: FoundJob['events']): JobView['steps'] => {
  const steps = new Map<string, JobView['steps'][number]>();
  for (const { at, body } of events) {
    if (body.type === 'step.started') {
      const { step: key, command } = body;
      steps.set(key, { key, command, conclusion: null, exitCode: null, startedAt: at, finishedAt: null });
    }
    const step = body.type === 'step.finished' ? steps.get(body.step) : undefined;
    if (step && body.type === 'step.finished') {
      steps.set(step.key, { ...step, conclusion: body.conclusion, exitCode: body.exitCode, finishedAt: at });
    }
  }
  return [...steps.values()];
};
