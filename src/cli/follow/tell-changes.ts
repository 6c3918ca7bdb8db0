import type { JobView, PipelineView } from '../../protocol/rest.ts';
import type { Output } from '../command.ts';

const toJobEvent = ({ id, key, title, status, conclusion, runner, reason }: JobView) => ({
  type: 'job',
  job: id,
  key,
  title,
  status,
  conclusion,
  runner: runner?.name ?? null,
  reason,
});

/** Views → an event for programs wherever one differs from the view before. */
export const createChangeTeller = (output: Pick<Output, 'event'>, url: string): ((view: PipelineView) => void) => {
  const told = new Map<string, string>();
  const tell = (about: string, event: { type: string } & Record<string, unknown>): void => {
    const text = JSON.stringify(event);
    if (told.get(about) !== text) output.event(event);
    told.set(about, text);
  };
  return (view) => {
    const { id: pipeline, number, architecture, status } = view;
    tell(pipeline, { type: 'pipeline', pipeline, number, architecture: architecture.name, status, url });
    for (const job of view.jobs) {
      const { id, key, progress, notes } = job;
      tell(id, toJobEvent(job));
      if (progress !== null) tell(`${id} progress`, { type: 'progress', job: id, key, ...progress });
      for (const [index, note] of notes.entries()) tell(`${id} note ${index}`, { type: 'note', job: id, key, ...note });
    }
  };
};
