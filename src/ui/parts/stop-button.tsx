import type { PipelineView } from '../../protocol/rest.ts';
import { forcePipeline, stopPipeline } from '../live/api.ts';
import { useSignal } from '../preact.ts';
import { Asked } from './asked.tsx';
import { findIrreversible } from './find-irreversible.ts';

/** It was asked to stop: by its reason, or by a step that was told to end. */
const isStopping = ({ reason, jobs }: PipelineView): boolean =>
  reason?.code === 'PIPELINE_STOPPED' ||
  jobs.some(({ machines }) =>
    machines.some(({ machine, state }) => machine === 'step' && /interrupting|forcing/.test(state)),
  );

/** First the running step is asked to end; only then, and only where nothing else would end it, may it be killed. */
export const StopButton = ({ pipeline }: { pipeline: PipelineView }) => {
  const { id, number, architecture } = pipeline;
  const sent = useSignal<'stop' | 'force' | null>(null);
  const send = async (what: 'stop' | 'force'): Promise<void> => {
    await (what === 'stop' ? stopPipeline(id) : forcePipeline(id));
    sent.value = what;
  };
  if (sent.value === null && !isStopping(pipeline)) {
    return (
      <Asked
        key="stop"
        first={`Stop pipeline ${number}`}
        yes={`Yes, stop pipeline ${number}`}
        no="Let it run"
        act={() => send('stop')}
      >
        <span class="hint">The running step is asked once to end; nothing new starts.</span>
      </Asked>
    );
  }
  const running = findIrreversible(pipeline);
  if (sent.value === 'force') return <span class="hint">What still runs is being killed.</span>;
  if (running === null) return <span class="hint">Asked to stop.</span>;
  const { job, step } = running;
  return (
    <span class="confirm">
      <span class="hint">
        Asked to stop: <code>{step}</code> ends in its own time.
      </span>
      <Asked
        key="force"
        first="Force"
        yes={`Yes, kill ${step} of pipeline ${number}`}
        no="Let it end"
        act={() => send('force')}
      >
        <span class="hint">
          Kills <code>{step}</code> of {job} in the middle. What it is creating may then exist without being in the
          state: {job} will need reconciliation, and {architecture.name} takes no change until somebody has settled it.
        </span>
      </Asked>
    </span>
  );
};
