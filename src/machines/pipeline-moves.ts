import { initialTransition, transition } from 'xstate';
import type { Phase, Status } from '../protocol/status.ts';
import type { PipelineJob } from './pipeline-jobs.ts';
import { pipelineMachine, type PipelineContext, type PipelineEvent, type PipelineInput } from './pipeline.machine.ts';

/** A pipeline's machine as its row keeps it. */
export interface PipelineRecord {
  value: Status;
  context: PipelineContext;
}

const toRecord = ({ value, context }: { value: Status; context: PipelineContext }): PipelineRecord => ({
  value,
  context,
});

/** A new pipeline, accepted and started. */
export const startPipeline = (input: PipelineInput): PipelineRecord => {
  const [accepted] = initialTransition(pipelineMachine, input);
  const [started] = transition(pipelineMachine, accepted, { type: 'pipeline.start' });
  return toRecord(started);
};

/** What one event makes of it; a pipeline that is over stays as it is. */
export const nextPipeline = (record: PipelineRecord, event: PipelineEvent): PipelineRecord => {
  const snapshot = pipelineMachine.resolveState({ value: record.value, context: record.context });
  if (snapshot.status !== 'active') return record;
  return toRecord(transition(pipelineMachine, snapshot, event)[0]);
};

/** The jobs whose place or conclusion differs, by key. */
export const changedJobs = (before: PipelineRecord, after: PipelineRecord): [key: string, job: PipelineJob][] =>
  Object.entries(after.context.jobs).filter(([key, { at, conclusion }]) => {
    const was = before.context.jobs[key];
    return was?.at !== at || was.conclusion !== conclusion;
  });

/** The phase that a pipeline in this state shows. */
export const phaseOf = ({ value }: PipelineRecord): Phase =>
  (pipelineMachine.states[value]?.config.meta?.phase ?? 'idle') as Phase;
