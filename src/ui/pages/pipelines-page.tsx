import type { PipelineItem } from '../../protocol/rest.ts';
import { useKeys } from '../keys.ts';
import { getPipelines } from '../live/api.ts';
import { useLive } from '../live/use-live.ts';
import { Ago, Elapsed } from '../parts/elapsed.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { MiniStages } from '../parts/mini-stages.tsx';
import { RunnerProblems } from '../parts/runner-problems.tsx';
import { useEffect, useRef } from '../preact.ts';
import { toAddress, toPipelineRoute } from '../route.ts';

const PAUSE_MS = 1500;

const Row = ({ pipeline }: { pipeline: PipelineItem }) => (
  <li>
    <a class="row" href={toAddress(toPipelineRoute(pipeline.id))} data-pipeline={pipeline.number}>
      <Lamp status={pipeline.status} />
      <span class="row-number number">#{pipeline.number}</span>
      <span class="row-name" title={pipeline.architecture.name}>
        {pipeline.architecture.name}
      </span>
      <span class="row-workflow hint" title={pipeline.workflow}>
        {pipeline.workflow}
      </span>
      <MiniStages jobs={pipeline.jobs} />
      <span class="row-status" title={pipeline.reason?.message}>
        {pipeline.status}
      </span>
      <span class="row-elapsed">
        <Elapsed of={pipeline} />
      </span>
      <span class="row-when hint">
        <Ago at={pipeline.createdAt} />
      </span>
    </a>
  </li>
);

const Empty = () => (
  <div class="teach">
    <h2>No pipeline has run yet</h2>
    <p>Each run of your Terraform or OpenTofu code will be a row here, with its stages, its output and its result.</p>
    <p>Plan a directory of yours from a terminal:</p>
    <pre>npx signalbox run ./dir</pre>
    <p class="hint">
      Add <code>--apply</code> to apply what was planned; it asks first.
    </p>
  </div>
);

/** All pipelines, newest first. */
export const PipelinesPage = () => {
  const { value, error } = useLive<PipelineItem[]>('pipelines', async (_, aborted) => ({
    value: await getPipelines(aborted),
    pauseMs: PAUSE_MS,
  }));
  const list = useRef<HTMLUListElement>(null);
  const move = (step: number): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('.row') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))]?.focus();
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  useEffect(() => {
    document.title = 'Pipelines · Signalbox';
  }, []);
  return (
    <main class="page">
      <h1>Pipelines</h1>
      {error.value === null ? null : <p class="problem">{error.value.message}</p>}
      <RunnerProblems />
      {value.value?.length === 0 ? <Empty /> : null}
      <ul class="rows" ref={list} aria-busy={value.value === null}>
        {value.value?.map((pipeline) => (
          <Row key={pipeline.id} pipeline={pipeline} />
        ))}
      </ul>
    </main>
  );
};
