import { describe, expect, it } from 'vitest';
import { Conclusion, CONCLUSIONS, isFinal, LIVE_STATUSES, Phase, Status, toStatus } from '../../src/protocol/status.ts';

describe('the table of conclusions, statuses and phases', () => {
  it('gives every conclusion a published status and a phase', () => {
    expect(Object.keys(CONCLUSIONS).toSorted()).toEqual([...Conclusion.options].toSorted());
    for (const { status, phase } of Object.values(CONCLUSIONS)) {
      expect(Status.options).toContain(status);
      expect(Phase.options).toContain(phase);
    }
  });
  it('holds the nine published statuses, each live, the end of a conclusion, or an ignored failure', () => {
    expect(Status.options).toHaveLength(9);
    const reached = new Set<string>([
      ...Object.keys(LIVE_STATUSES),
      ...Object.values(CONCLUSIONS).map(({ status }) => status),
      'warning',
    ]);
    expect([...reached].toSorted()).toEqual([...Status.options].toSorted());
  });
  it('ends a job with a final status, whatever it came to', () => {
    for (const conclusion of Conclusion.options)
      for (const ignored of [true, false]) expect(isFinal(toStatus(conclusion, ignored))).toBe(true);
  });
  it('makes a warning of a failure that is ignored, and of nothing else', () => {
    const warned = Conclusion.options.filter((conclusion) => toStatus(conclusion, true) === 'warning');
    expect(warned).toEqual(['failed', 'timedOut']);
  });
  it('never calls success what needs reconciliation', () => {
    expect(toStatus('needsReconciliation', true)).toBe('error');
  });
});
