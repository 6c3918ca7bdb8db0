import type { JobView } from '../../protocol/rest.ts';
import { useEffect, useRef } from '../preact.ts';
import { Elapsed } from './elapsed.tsx';
import { Lamp } from './lamp.tsx';
import { toStages } from './to-stages.ts';

/** The status, and how far it is; of a job that waits, the sentence that says what for. */
const toDetail = ({ progress, status, waitsFor }: JobView): string => {
  if (waitsFor !== null) return waitsFor;
  if (progress === null || status !== 'running') return status;
  const { done, total, noun } = progress;
  return `${status}: ${done}${total === null ? '' : `/${total}`} ${noun}`;
};

/** Stages as columns, from left to right; each job is a link that shows it below. */
export const StageGraph = (props: {
  jobs: JobView[];
  chosen: string | undefined;
  toHref: (job: JobView) => string;
}) => {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[aria-current="true"]');
    // Sideways only: the page itself must not move.
    if (chosen)
      list.current?.scrollTo({ left: chosen.offsetLeft - (list.current.clientWidth - chosen.clientWidth) / 2 });
  }, [props.chosen]);
  return (
    <ol class="stage-graph" aria-label="Stages" ref={list}>
      {toStages(props.jobs).map((stage, index) => (
        <li key={index} class="stage">
          {stage.map((job) => (
            <a
              key={job.id}
              class="tile"
              href={props.toHref(job)}
              aria-current={job.id === props.chosen}
              data-job={job.key}
              title={`${job.title}: ${toDetail(job)}`}
            >
              <Lamp status={job.status} phase={job.phase} />
              <span class="tile-title">{job.title}</span>
              <Elapsed of={job} />
              <span class="tile-detail">{toDetail(job)}</span>
            </a>
          ))}
        </li>
      ))}
    </ol>
  );
};
