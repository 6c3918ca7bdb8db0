import type { Law } from './law.ts';
import { noDoubleApply } from './no-double-apply.ts';
import { noLockLeft } from './no-lock-left.ts';
import { noLogMismatch } from './no-log-mismatch.ts';
import { noLostResult } from './no-lost-result.ts';
import { noLostState } from './no-lost-state.ts';
import { noOrphan } from './no-orphan.ts';
import { noStrayTrace } from './no-stray-trace.ts';

/** Every law by the column that counts its violations. */
export const LAWS: Readonly<Record<string, Law>> = {
  'lost results': noLostResult,
  'double applies': noDoubleApply,
  'log mismatches': noLogMismatch,
  'lost or reordered states': noLostState,
  'orphan processes': noOrphan,
  'locks left': noLockLeft,
  'traces that do not replay': noStrayTrace,
};
