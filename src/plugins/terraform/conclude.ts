import type { Plugin } from '../plugin.ts';
import { readOptions } from './options.ts';
import { readOutputs } from './outputs.ts';
import { StreamFacts } from './stream-facts.ts';

/** Outputs come from the final state; where a remote backend keeps it, from what the apply itself told. */
export const conclude: Plugin['conclude'] = ({ spec, evidence, state }) => {
  const { action } = readOptions(spec.task);
  // Of a plan that did not turn out whole there is no summary.
  const planned = evidence['show']?.summary ?? null;
  if (action === 'validate') return { summary: null, outputs: {} };
  if (action === 'plan') return { summary: planned, outputs: {} };

  const applied = evidence['apply'];
  const told = StreamFacts.safeParse(applied?.facts ?? {}).data?.outputs ?? {};
  const outputs = (state === null ? null : readOutputs(state)) ?? told;
  // An apply does not say how many outputs changed; its own plan did.
  const summary = applied?.summary ? { ...applied.summary, outputs: planned?.outputs ?? 0 } : planned;
  return { summary, outputs };
};
