import type { TraceEvent, TraceMark } from '../../protocol/trace.ts';
import type { Divergence } from '../divergence.ts';

/** Looks at the entries of a life one after another, `index` from 0, and says the first thing against one. */
export type Check = (entry: TraceEvent | TraceMark, index: number) => Divergence | null;
