import type { EvidenceView, JobView } from '../../protocol/rest.ts';
import { getEvidence } from '../live/api.ts';
import { useLive } from '../live/use-live.ts';
import { useSignal } from '../preact.ts';
import { EvidenceFacts } from './evidence-facts.tsx';
import { ResolveForm } from './resolve-form.tsx';
import { Resolved } from './resolved.tsx';

/** Somebody else may settle it meanwhile. */
const PAUSE_MS = 3000;

/** Of a job of which nobody knows how far it came: what is known, and what a person can say about it. */
export const EvidencePanel = ({ job }: { job: JobView }) => {
  const asked = useSignal(0);
  const key = `evidence ${job.id} ${job.reconciliation?.open} ${asked.value}`;
  const { value, error } = useLive<EvidenceView>(key, async (_, aborted) => {
    const evidence = await getEvidence(job.id, aborted);
    return { value: evidence, pauseMs: evidence.open ? PAUSE_MS : null };
  });
  const evidence = value.value;
  const isOpen = evidence?.open ?? job.reconciliation?.open ?? true;
  const resolution = evidence?.resolution ?? job.reconciliation?.resolution ?? null;
  return (
    <section class="evidence" aria-label={`Evidence of ${job.title}`} aria-busy={evidence === null}>
      <h2>{isOpen ? `${job.title} needs reconciliation` : `${job.title} was reconciled`}</h2>
      {isOpen && evidence !== null ? (
        <p>
          Nobody knows how far it came. <strong>{evidence.architecture.name}</strong> takes no further change until
          somebody says what its state is; plans still run.
        </p>
      ) : null}
      {resolution === null ? null : <Resolved resolution={resolution} isOpen={isOpen} />}
      {error.value === null ? null : <p class="problem">{error.value.message}</p>}
      {evidence === null ? null : <EvidenceFacts evidence={evidence} />}
      {evidence !== null && isOpen ? <ResolveForm evidence={evidence} onResolved={() => (asked.value += 1)} /> : null}
    </section>
  );
};
