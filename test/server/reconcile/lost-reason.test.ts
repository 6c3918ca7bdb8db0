import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/server/reconcile/ledger.ts';
import { toLostReason, type LostCause } from '../../../src/server/reconcile/lost-reason.ts';

const line = (address: string, action: string) => ({ address, action, id: null, at: 0 });
const toMessage = (cause: LostCause, ledger: Partial<Ledger>) =>
  toLostReason({
    pipeline: 'pip_1',
    runner: 'fra-1',
    heardAt: Date.UTC(2026, 10, 24, 12),
    cause,
    ledger: { inFlight: [], created: [], openSteps: [], ...ledger },
  }).message;

it.each<[string, LostCause, Partial<Ledger>]>([
  [
    'The runner fra-1 has not been heard since 2026-11-24 12:00:00 UTC; `a.b` was being created, `c.d` was being destroyed.',
    'silent',
    { inFlight: [line('a.b', 'create'), line('c.d', 'delete')], openSteps: ['apply'] },
  ],
  [
    'The runner fra-1 came back without the journal of this job, which it last spoke of at 2026-11-24 12:00:00 UTC; step `apply` was under way and no resource was in flight.',
    'forgotten',
    { created: [line('a.b', 'create')], openSteps: ['apply'] },
  ],
  [
    'The runner fra-1 has not been heard since 2026-11-24 12:00:00 UTC; step `script` was under way.',
    'silent',
    { openSteps: ['script'] },
  ],
  [
    'The runner fra-1 has not been heard since 2026-11-24 12:00:00 UTC; no step was told to be under way.',
    'silent',
    {},
  ],
  [
    'The runner fra-1 has not been heard since 2026-11-24 12:00:00 UTC; `r.0` was being updated, `r.1` was being updated, `r.2` was being updated, `r.3` was being updated, `r.4` was being updated, and so were 2 more.',
    'silent',
    { inFlight: [0, 1, 2, 3, 4, 5, 6].map((index) => line(`r.${index}`, 'update')) },
  ],
])('%s', (message, cause, ledger) => {
  expect(toMessage(cause, ledger)).toBe(message);
});
