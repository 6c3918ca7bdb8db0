import type { EvidenceView, ResolveAs } from '../../protocol/rest.ts';
import { resolvePipeline } from '../live/api.ts';
import { Asked } from '../parts/asked.tsx';
import { useSignal, type Signal } from '../preact.ts';
import { toChoices, type Choice } from './to-choices.ts';
import { toStateWords } from './to-state-words.ts';

/** Which captured state; asked only where there are several. */
const WhichState = ({ of, chosen }: { of: EvidenceView['captured']; chosen: Signal<string> }) => (
  <label>
    Which one
    <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
      <option value="">the one with the highest serial</option>
      {of.map(({ id, head }) => (
        <option key={id} value={id}>
          {toStateWords(head)} ({id})
        </option>
      ))}
    </select>
  </label>
);

/** The four resolutions, each with what it does; the chosen one is asked once more, in the same place. */
export const ResolveForm = ({ evidence, onResolved }: { evidence: EvidenceView; onResolved: () => void }) => {
  const reason = useSignal('');
  const state = useSignal('');
  const states = evidence.captured.filter(({ kind }) => kind === 'state');
  const lacksReason = ({ needsReason }: Choice): boolean => needsReason && reason.value.trim() === '';
  const resolve = async (as: ResolveAs): Promise<void> => {
    const which = as === 'push' && state.value !== '' ? state.value : null;
    await resolvePipeline(evidence.pipeline, { as, reason: reason.value.trim(), evidence: which });
    onResolved();
  };
  return (
    <div class="resolve">
      <label>
        Reason (kept with the resolution)
        <input
          type="text"
          maxLength={1000}
          value={reason.value}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
      </label>
      <ul>
        {toChoices(evidence).map((choice) => (
          <li key={choice.as}>
            <Asked
              first={choice.act}
              yes={`Yes: ${choice.act.toLowerCase()}`}
              no="Not yet"
              kind={choice.as === 'discard' ? 'danger' : 'primary'}
              isDisabled={!choice.isPossible || lacksReason(choice)}
              act={() => resolve(choice.as)}
            >
              {choice.as === 'push' && states.length > 1 ? <WhichState of={states} chosen={state} /> : null}
            </Asked>
            <span class="hint">{choice.sentence}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};
