import type { EvidenceView, ResolveAs } from '../../protocol/rest.ts';
import { toStateWords } from './to-state-words.ts';

export interface Choice {
  as: ResolveAs;
  /** What the button says. */
  act: string;
  /** What it does, or why it cannot be done. */
  sentence: string;
  isPossible: boolean;
  needsReason: boolean;
}

/** The four ways to settle it, in the order in which they should be thought about. */
export const toChoices = ({ state, unrecorded, importBlocks, captured, architecture }: EvidenceView): Choice[] => {
  const known = unrecorded.filter(({ id }) => id !== null).length;
  const states = captured.filter(({ kind }) => kind === 'state').length;
  const canImport = importBlocks !== '' && known > 0;
  const whyNoImport =
    unrecorded.length === 0
      ? 'There is nothing to import: the state lacks nothing that was created.'
      : 'No id is known: look the objects up at their provider, and import them by hand.';
  const free = `${architecture.name} takes changes again`;
  return [
    {
      as: 'accept',
      act: 'Accept the state',
      sentence: `The stored state, ${toStateWords(state.after)}, is right as it is. Nothing is changed, and ${free}.`,
      isPossible: true,
      needsReason: false,
    },
    {
      as: 'import',
      act: 'Import what is missing',
      sentence: canImport
        ? `A pipeline of its own imports ${known === 1 ? 'one object' : `${known} objects`} that the state lacks; once it has succeeded, ${free}.`
        : whyNoImport,
      isPossible: canImport,
      needsReason: false,
    },
    {
      as: 'push',
      act: 'Push a captured state',
      sentence:
        states === 0 ? 'No state was captured.' : `A state that came too late becomes the newest version, and ${free}.`,
      isPossible: states > 0,
      needsReason: false,
    },
    {
      as: 'discard',
      act: 'Discard it',
      sentence: `Nothing of it matters any more: what the state lacks is left to itself, and ${free}. Needs a reason.`,
      isPossible: true,
      needsReason: true,
    },
  ];
};
