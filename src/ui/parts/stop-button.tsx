import { stopPipeline } from '../live/api.ts';
import { useSignal } from '../preact.ts';
import { Act } from './act.tsx';

/** Stopping cannot be undone, so it is asked once more, in the same place and with the same words. */
export const StopButton = ({ id, number }: { id: string; number: number }) => {
  const asked = useSignal(false);
  if (!asked.value) {
    return (
      <button type="button" class="plain" onClick={() => (asked.value = true)}>
        Stop pipeline {number}
      </button>
    );
  }
  return (
    <span class="confirm" role="group" aria-label={`Stop pipeline ${number}`}>
      <span class="hint">The running step is asked once to end; nothing new starts.</span>
      <Act kind="danger" act={() => stopPipeline(id)}>
        Yes, stop pipeline {number}
      </Act>
      <button type="button" class="plain" onClick={() => (asked.value = false)}>
        Let it run
      </button>
    </span>
  );
};
