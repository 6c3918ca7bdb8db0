import type { Summary } from '../../protocol/attempt.ts';
import type { Plugin } from '../plugin.ts';
import { readOptions } from './options.ts';
import { readOutputs } from './outputs.ts';
import { isImport } from './steps.ts';
import { StreamFacts } from './stream-facts.ts';

/** Imports change nothing else; null: it never came to one. */
const countImports = (evidence: Parameters<Plugin['conclude']>[0]['evidence']): Summary | null => {
  const imported = Object.entries(evidence).flatMap(([key, { summary }]) =>
    isImport(key) && summary ? [summary] : [],
  );
  const count = imported.reduce((sum, summary) => sum + summary.import, 0);
  return imported.length === 0 ? null : { add: 0, change: 0, remove: 0, import: count, outputs: 0 };
};

/** Outputs come from the final state; where a remote backend keeps it, from what the apply itself told. */
export const conclude: Plugin['conclude'] = ({ spec, evidence, state }) => {
  const { action } = readOptions(spec.task);
  // Of a plan that did not turn out whole there is no summary.
  const planned = evidence['show']?.summary ?? null;
  if (action === 'validate') return { summary: null, outputs: {} };
  if (action === 'import')
    return { summary: countImports(evidence), outputs: state === null ? {} : (readOutputs(state) ?? {}) };
  if (action === 'plan') return { summary: planned, outputs: {} };

  const applied = evidence['apply'];
  const told = StreamFacts.safeParse(applied?.facts ?? {}).data?.outputs ?? {};
  const outputs = (state === null ? null : readOutputs(state)) ?? told;
  // An apply does not say how many outputs changed; its own plan did.
  const summary = applied?.summary ? { ...applied.summary, outputs: planned?.outputs ?? 0 } : planned;
  return { summary, outputs };
};
