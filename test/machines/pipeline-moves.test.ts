import { describe, expect, it } from 'vitest';
import { toPipelineJobs } from '../../src/machines/pipeline-jobs.ts';
import { changedJobs, nextPipeline, phaseOf, startPipeline } from '../../src/machines/pipeline-moves.ts';
import { Task, type Stages } from '../../src/protocol/job.ts';

const task = (key: string) => Task.parse({ key, title: key, kind: 'script' });
const stages: Stages = [[task('a')], [task('b')]];

describe('pipeline moves', () => {
  it('start with the first stage ready, and survive their way through a row', () => {
    const kept = JSON.parse(JSON.stringify(startPipeline({ jobs: toPipelineJobs(stages) })));
    expect(kept).toMatchObject({ value: 'pending', context: { jobs: { a: { at: 'ready' }, b: { at: 'waiting' } } } });
    const running = nextPipeline(kept, { type: 'job.claimed', key: 'a' });
    expect([running.value, phaseOf(running)]).toEqual(['running', 'running']);
  });

  it('name the jobs that an event moved, and no other', () => {
    const claimed = nextPipeline(startPipeline({ jobs: toPipelineJobs(stages) }), { type: 'job.claimed', key: 'a' });
    const after = nextPipeline(claimed, { type: 'job.concluded', key: 'a', conclusion: 'succeeded' });
    expect(changedJobs(claimed, after).map(([key, { at }]) => [key, at])).toEqual([
      ['a', 'over'],
      ['b', 'ready'],
    ]);
  });

  it('leave a pipeline that is over as it is', () => {
    const over = nextPipeline(startPipeline({ jobs: toPipelineJobs(stages) }), { type: 'pipeline.stop' });
    expect(over.value).toBe('terminated');
    expect(nextPipeline(over, { type: 'job.requeued', key: 'a' })).toBe(over);
  });
});
