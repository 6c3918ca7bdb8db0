import type { PipelineItem } from '../../protocol/rest.ts';
import { Lamp } from './lamp.tsx';
import { toStages } from './to-stages.ts';

/** The whole pipeline in one cell: a lamp for each job, a gap between stages. */
export const MiniStages = ({ jobs }: { jobs: PipelineItem['jobs'] }) => (
  <span class="mini-stages">
    {toStages(jobs).map((stage, index) => (
      <span key={index} class="mini-stage">
        {stage.map(({ id, title, status }) => (
          <span key={id} title={`${title}: ${status}`}>
            <Lamp status={status} />
          </span>
        ))}
      </span>
    ))}
  </span>
);
