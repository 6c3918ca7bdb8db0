import * as z from 'zod';
import type { Outputs } from '../../protocol/attempt.ts';

const State = z.looseObject({
  outputs: z.record(z.string(), z.looseObject({ value: z.json(), sensitive: z.boolean().default(false) })).default({}),
});

/** The outputs in a state file; a sensitive one keeps its name only. Null: the text is no state. */
export const readOutputs = (state: string): Outputs | null => {
  let parsed;
  try {
    parsed = State.safeParse(JSON.parse(state)).data;
  } catch {
    return null;
  }
  if (!parsed) return null;
  const outputs: Outputs = {};
  for (const [name, { value, sensitive }] of Object.entries(parsed.outputs)) {
    outputs[name] = sensitive ? { sensitive } : { value, sensitive };
  }
  return outputs;
};
