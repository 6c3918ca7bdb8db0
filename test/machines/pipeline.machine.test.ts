import { describe, expect, it } from 'vitest';
import { pipelineMachine } from '../../src/machines/pipeline.machine.ts';
import { toPipelineJobs } from '../../src/machines/pipeline-jobs.ts';
import type { Task } from '../../src/protocol/job.ts';
import { fold } from './fixtures.ts';

const task = (key: string, over: Partial<Task> = {}): Task => ({
  key,
  title: key,
  kind: 'script',
  options: {},
  ignoreFailure: false,
  requireApproval: false,
  planFrom: null,
  ...over,
});
const run = (stages: Task[][], ...events: { type: string; key?: string; conclusion?: string }[]) =>
  fold(pipelineMachine, { jobs: toPipelineJobs(stages) }, [{ type: 'pipeline.start' }, ...events]);
const claimed = (key: string) => ({ type: 'job.claimed', key });
const concluded = (key: string, conclusion: string) => ({ type: 'job.concluded', key, conclusion });
const at = (folded: ReturnType<typeof run>, key: string) => folded.snapshot.context.jobs[key].at;

describe('a pipeline', () => {
  it('starts a job only when every job of the stage before allows it', () => {
    const stages = [[task('a'), task('b')], [task('c')]];
    expect(at(run(stages, claimed('a'), concluded('a', 'succeeded')), 'c')).toBe('waiting');
    expect(
      at(run(stages, claimed('a'), concluded('a', 'succeeded'), claimed('b'), concluded('b', 'succeeded')), 'c'),
    ).toBe('ready');
  });
  it('skips what stands behind a failure, and fails', () => {
    const failed = run([[task('a')], [task('b')], [task('c')]], claimed('a'), concluded('a', 'failed'));
    expect(failed.last).toBe('failed');
    expect(failed.snapshot.context.jobs.c).toMatchObject({ at: 'over', conclusion: 'skipped' });
  });
  it('goes on behind a failure that is ignored, and fails all the same, as documented', () => {
    const stages = [[task('a', { ignoreFailure: true })], [task('b')]];
    const ignored = run(stages, claimed('a'), concluded('a', 'failed'));
    expect(at(ignored, 'b')).toBe('ready');
    expect(run(stages, claimed('a'), concluded('a', 'failed'), claimed('b'), concluded('b', 'succeeded')).last).toBe(
      'failed',
    );
  });
  it('lets siblings of a failed job run to their end', () => {
    const half = run([[task('a'), task('b')]], claimed('a'), claimed('b'), concluded('a', 'failed'));
    expect(half.last).toBe('running');
  });
  it('waits for a person where a task asks for approval', () => {
    const stages = [[task('plan')], [task('apply', { requireApproval: true })]];
    const waiting = run(stages, claimed('plan'), concluded('plan', 'succeeded'));
    expect(waiting.last).toBe('manual');
    const approved = run(stages, claimed('plan'), concluded('plan', 'succeeded'), {
      type: 'job.approved',
      key: 'apply',
    });
    expect(approved.last).toBe('pending');
    expect(at(approved, 'apply')).toBe('ready');
  });
  it('is terminated by a rejection', () => {
    expect(run([[task('apply', { requireApproval: true })]], { type: 'job.rejected', key: 'apply' }).last).toBe(
      'terminated',
    );
  });
  it('starts nothing once it was stopped, and waits for what runs', () => {
    const stages = [[task('a')], [task('b')]];
    const stopped = run(stages, claimed('a'), { type: 'pipeline.stop' });
    expect(stopped.last).toBe('running');
    expect(run(stages, claimed('a'), { type: 'pipeline.stop' }, concluded('a', 'cancelled')).last).toBe('terminated');
    expect(run(stages, claimed('a'), { type: 'pipeline.stop' }, concluded('a', 'succeeded')).last).toBe('terminated');
  });
  it('waits for a runner again when a job was given back', () => {
    expect(run([[task('a')]], claimed('a'), { type: 'job.requeued', key: 'a' }).last).toBe('pending');
  });
  it('is in error when a job needs reconciliation', () => {
    expect(run([[task('a')]], claimed('a'), concluded('a', 'needsReconciliation')).last).toBe('error');
  });
  it('keeps its value and context as plain data', () => {
    const { snapshot } = run([[task('a')]], claimed('a'));
    const kept = JSON.parse(JSON.stringify({ value: snapshot.value, context: snapshot.context }));
    expect(pipelineMachine.resolveState(kept).context).toEqual(snapshot.context);
  });
});
