import { describe, expect, it } from 'vitest';
import { tellInterruption } from '../../../src/cli/run/tell-interruption.ts';
import type { PipelineView } from '../../../src/protocol/rest.ts';

const head = (serial: number) => ({ lineage: 'l', serial, sha256: '0'.repeat(64) });
const view = (conclusion: string) =>
  ({ architecture: { name: 'shop' }, jobs: [{ conclusion }] }) as unknown as PipelineView;

describe('an interrupted run says of the state', () => {
  it.each([
    [null, null, 'cancelled', false, 'shop has no state: nothing was created.'],
    [null, head(3), 'cancelled', false, 'The state of shop is stored, serial 3: what was created is in it.'],
    [head(3), head(3), 'cancelled', false, 'The state of shop is as it was, serial 3.'],
    [
      head(3),
      head(5),
      'cancelled',
      false,
      'The state of shop went from serial 3 to 5 and is stored: what was changed is in it.',
    ],
    [head(3), head(5), 'needsReconciliation', false, 'It is not known how far it came'],
    [null, null, 'cancelled', true, 'its own backend keeps it'],
  ])('%j → %j, %s, remote %s: %s', (before, after, conclusion, isRemote, told) => {
    expect(tellInterruption({ before, after, view: view(conclusion), isRemote })).toContain(told);
  });
});
