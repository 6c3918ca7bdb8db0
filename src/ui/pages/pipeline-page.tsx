import type { PipelineView } from '../../protocol/rest.ts';
import { isFinal } from '../../protocol/status.ts';
import { getPipeline } from '../live/api.ts';
import { useLive } from '../live/use-live.ts';
import { Ago, Elapsed } from '../parts/elapsed.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { pickJob } from '../parts/pick-job.ts';
import { ReasonBox } from '../parts/reason.tsx';
import { StageGraph } from '../parts/stage-graph.tsx';
import { StopButton } from '../parts/stop-button.tsx';
import { useEffect } from '../preact.ts';
import { toAddress, type PipelineRoute } from '../route.ts';
import { JobPanel } from './job-panel.tsx';

const Header = ({ pipeline }: { pipeline: PipelineView }) => (
  <header class="pipeline-header">
    <h1 title={pipeline.architecture.name}>
      <span class="pipeline-name">{pipeline.architecture.name}</span>{' '}
      <span class="number hint">#{pipeline.number}</span>
    </h1>
    <p class="line" role="status">
      <Lamp status={pipeline.status} /> {pipeline.status} <Elapsed of={pipeline} />
    </p>
    <p class="hint pipeline-facts">
      <span title={pipeline.workflow}>{pipeline.workflow}</span>
      <Ago at={pipeline.createdAt} />
    </p>
    <span class="spring" />
    {isFinal(pipeline.status) ? null : <StopButton pipeline={pipeline} />}
  </header>
);

/** Its own reason, unless a job says the same below. */
const OwnReason = ({ pipeline }: { pipeline: PipelineView }) => {
  const { reason, jobs, status } = pipeline;
  if (reason === null || jobs.some((job) => job.reason?.message === reason.message)) return null;
  return <ReasonBox reason={reason} status={status} />;
};

/** One pipeline as it goes: stages, and under them the job that matters now or the one that was chosen. */
export const PipelinePage = ({ route }: { route: PipelineRoute }) => {
  const { value, error } = useLive<PipelineView>(`pipeline ${route.id}`, async (last, aborted) => {
    const pipeline = await getPipeline(route.id, last?.version ?? null, aborted);
    return { value: pipeline, pauseMs: isFinal(pipeline.status) ? null : 0 };
  });
  const pipeline = value.value;
  const title = pipeline === null ? '' : `#${pipeline.number} ${pipeline.architecture.name} ${pipeline.status}`;
  useEffect(() => {
    if (title !== '') document.title = `${title} · Signalbox`;
  }, [title]);
  if (error.value !== null && pipeline === null) {
    return (
      <main class="page">
        <h1>{error.value.message}</h1>
        <p>{error.value.hint}</p>
        <p>
          <a href="/">All pipelines</a>
        </p>
      </main>
    );
  }
  if (pipeline === null) return <main class="page" aria-busy="true" />;
  const job = pickJob(pipeline.jobs, route.job);
  return (
    <main class="page page-wide">
      <Header pipeline={pipeline} />
      <OwnReason pipeline={pipeline} />
      <StageGraph
        jobs={pipeline.jobs}
        chosen={job?.id}
        toHref={({ key }) => toAddress({ ...route, job: key, machine: null, line: null })}
      />
      {job === undefined ? null : <JobPanel key={job.id} pipeline={pipeline} job={job} route={route} />}
    </main>
  );
};
