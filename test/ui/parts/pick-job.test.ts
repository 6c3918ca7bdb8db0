import { expect, test } from 'vitest';
import type { Status } from '../../../src/protocol/status.ts';
import { pickJob } from '../../../src/ui/parts/pick-job.ts';
import { toStages } from '../../../src/ui/parts/to-stages.ts';
import { createJobView } from '../../helpers/pipeline-view.ts';

const jobs = (...statuses: Status[]) =>
  statuses.map((status, index) => createJobView(`job-${index}`, index, { status }));

test.for([
  [['succeeded', 'failed', 'running'], 1],
  [['succeeded', 'running', 'pending'], 1],
  [['succeeded', 'manual', 'pending'], 1],
  [['succeeded', 'pending', 'pending'], 1],
  [['succeeded', 'succeeded', 'terminated'], 1],
  [['terminated', 'terminated'], 0],
] as const)('of %j the visitor sees number %d', ([statuses, index]) => {
  expect(pickJob(jobs(...statuses), null)?.key).toBe(`job-${index}`);
});

test('the job that the address names wins, and an unknown name is as none', () => {
  expect(pickJob(jobs('failed', 'running'), 'job-1')?.key).toBe('job-1');
  expect(pickJob(jobs('failed', 'running'), 'gone')?.key).toBe('job-0');
  expect(pickJob([], null)).toBeUndefined();
});

test('jobs of one stage stand together, in the order of the stages', () => {
  const [a, b, c] = [{ stage: 2 }, { stage: 0 }, { stage: 2 }];
  expect(toStages([a, b, c])).toEqual([[b], [a, c]]);
});
