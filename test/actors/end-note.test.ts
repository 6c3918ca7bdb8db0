import { describe, expect, it } from 'vitest';
import { tellLock, tellState, type StateFound } from '../../src/actors/end-note.ts';
import type { Conclusion } from '../../src/protocol/status.ts';

const head = (serial: number) => ({ lineage: 'l', serial, sha256: 'a'.repeat(64) });
const told = (before: number | null, after: number | null, file: StateFound['file'] = 'whole'): string =>
  tellState({ before: before === null ? null : head(before), after: after === null ? null : head(after), file });

describe('what is told of the state at the end of a job', () => {
  it('names the serial before and after', () => {
    expect(told(4, 7)).toBe('The state was stored up to serial 7 (it was 4 before).');
    expect(told(null, 2)).toBe('The state was stored up to serial 2 (there was none before).');
    expect(told(4, 4)).toBe('The state was not changed: its serial is 4 still.');
    expect(told(null, null, 'missing')).toBe('No state was written.');
  });
  it('says where more may have been written than is known', () => {
    expect(told(4, 5, 'gone')).toMatch(/serial 5 .* The workspace is gone/);
    expect(told(4, null, 'gone')).toMatch(/workspace is gone: the state is what the control plane has/);
    expect(told(4, 5, 'torn')).toMatch(/serial 5 .* is not whole, and is kept as evidence/);
  });
});

describe('what is told of the lock', () => {
  const lock = (conclusion: Conclusion, code = 'STEP_CANCELLED') =>
    tellLock({ conclusion, reason: { code, message: '' }, exitCode: null });
  it('is that the architecture is free, but where a person has to look or another attempt has it', () => {
    for (const conclusion of ['cancelled', 'failed', 'timedOut'] as const)
      expect(lock(conclusion)).toMatch(/free again/);
    expect(lock('needsReconciliation')).toMatch(/stays blocked until someone resolves it/);
    expect(lock('failed', 'LEASE_LOST')).toMatch(/newer attempt/);
  });
});
