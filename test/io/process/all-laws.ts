import type { LawContext } from './process-laws-context.ts';
import { LAWS } from './process-laws.ts';
import { SIGNAL_LAWS } from './signal-laws.ts';
import { TRUST_LAWS } from './trust-laws.ts';

/** Every law of the process door. */
export const ALL_LAWS: Record<string, (law: LawContext) => Promise<void>> = { ...LAWS, ...SIGNAL_LAWS, ...TRUST_LAWS };
