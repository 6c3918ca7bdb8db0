import type { PipelineRecord } from '../../machines/pipeline-moves.ts';
import type { Stages } from '../../protocol/job.ts';
import { effectOf } from './effect-of.ts';
import type { Tables } from '../store/schema.ts';
import { placeJob } from './place-job.ts';

type JobRow = Pick<Tables['job'], 'id' | 'key' | 'stage' | 'position' | 'task' | 'queue' | 'status' | 'mutating'>;

/** A workflow's tasks → the rows of one run's jobs, placed as its started machine has them. */
export const toJobRows = (stages: Stages, { context }: PipelineRecord, createId: () => string): JobRow[] =>
  stages.flatMap((tasks, stage) =>
    tasks.map((task, position) => {
      const job = context.jobs[task.key];
      const placed = job ? placeJob(job) : ({ queue: 'waiting', status: 'pending' } as const);
      return {
        id: createId(),
        key: task.key,
        stage,
        position,
        task,
        mutating: effectOf(task) === 'irreversible',
        ...placed,
      };
    }),
  );
