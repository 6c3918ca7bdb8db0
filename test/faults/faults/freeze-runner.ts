import type { Fault } from './fault.ts';

/** The runner stands still, as in a suspended host; its steps run on. */
export const freezeRunner: Fault = ({ runner }, { forMs }) => runner.exclusively(() => runner.freeze(forMs + 100));
