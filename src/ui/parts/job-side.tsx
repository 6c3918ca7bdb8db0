import type { JobView } from '../../protocol/rest.ts';
import { CONCLUSIONS, isFinal, type Status } from '../../protocol/status.ts';
import { Elapsed } from './elapsed.tsx';
import { Lamp } from './lamp.tsx';

type Step = JobView['steps'][number];

/** A step without an end runs; where the job is over, nobody knows how it ended. */
const toStepStatus = ({ conclusion }: Step, isOver: boolean): Status => {
  if (conclusion !== null) return CONCLUSIONS[conclusion].status;
  return isOver ? 'error' : 'running';
};

const toExit = ({ exitCode, conclusion }: Step, isOver: boolean): string => {
  if (exitCode !== null && exitCode !== 0) return `exit ${exitCode}`;
  return conclusion === null && isOver ? 'end unknown' : '';
};

const StepRow = ({ step, job }: { step: Step; job: JobView }) => {
  const isOver = isFinal(job.status);
  return (
    <li>
      <Lamp status={toStepStatus(step, isOver)} />
      <span class="step-key" title={step.command}>
        {step.key}
      </span>
      <span class="hint">{toExit(step, isOver)}</span>
      <Elapsed of={{ ...step, finishedAt: step.finishedAt ?? job.finishedAt }} />
    </li>
  );
};

const Progress = ({ progress }: { progress: NonNullable<JobView['progress']> }) => (
  <div class="progress">
    {progress.total === null ? null : <progress value={progress.done} max={progress.total} />}
    <span class="number">
      {progress.done}
      {progress.total === null ? '' : `/${progress.total}`} {progress.noun}
    </span>
  </div>
);

/** Beside the output: who runs it, what it waits for, its steps, and what it had to say. */
export const JobSide = ({ job }: { job: JobView }) => (
  <aside class="job-side">
    <h2 title={job.title}>{job.title}</h2>
    <p class="line">
      <Lamp status={job.status} phase={job.phase} /> {job.status} <Elapsed of={job} />
    </p>
    {job.waitsFor === null ? null : <p>{job.waitsFor}</p>}
    <dl class="facts">
      <dt>Runs</dt>
      <dd>{job.kind}</dd>
      {job.runner === null ? null : (
        <>
          <dt>Runner</dt>
          <dd title={job.runner.id}>{job.runner.name}</dd>
        </>
      )}
      {job.attempt === null ? null : (
        <>
          <dt>Attempt</dt>
          <dd title={job.attempt}>{job.attempt.slice(job.attempt.lastIndexOf('.') + 1)}</dd>
        </>
      )}
    </dl>
    {job.progress === null ? null : <Progress progress={job.progress} />}
    {job.steps.length === 0 ? null : (
      <ol class="steps" aria-label="Steps">
        {job.steps.map((step) => (
          <StepRow key={step.key} step={step} job={job} />
        ))}
      </ol>
    )}
    {job.notes.length === 0 ? null : (
      <ul class="notes" aria-label="Notes">
        {job.notes.map(({ level, message }, index) => (
          <li key={index} class={`note-${level}`}>
            {message}
          </li>
        ))}
      </ul>
    )}
  </aside>
);
