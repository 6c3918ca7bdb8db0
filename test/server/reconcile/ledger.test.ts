import { describe, expect, it } from 'vitest';
import type { AttemptEvent } from '../../../src/protocol/attempt.ts';
import { toLedger } from '../../../src/server/reconcile/ledger.ts';

type Moment = 'started' | 'completed' | 'errored';
const told = (...lines: [address: string, action: string, moment: Moment, id?: string][]) =>
  toLedger(
    lines.map(([address, action, moment, id = null], at) => ({
      at,
      body: { type: 'resource', address, action, moment, id } satisfies AttemptEvent,
    })),
  );

describe('the ledger of an attempt', () => {
  it('has in flight what began, and neither completed nor errored', () => {
    const { inFlight } = told(
      ['a', 'create', 'started'],
      ['b', 'update', 'started', 'b-1'],
      ['c', 'delete', 'started', 'c-1'],
      ['a', 'create', 'completed', 'a-1'],
      ['c', 'delete', 'errored', 'c-1'],
    );
    expect(inFlight).toEqual([{ address: 'b', action: 'update', id: 'b-1', at: 1 }]);
  });

  it('has a replacement in flight that was half done', () => {
    const { inFlight, created } = told(
      ['a', 'delete', 'started', 'old'],
      ['a', 'delete', 'completed', 'old'],
      ['a', 'create', 'started'],
    );
    expect(inFlight).toMatchObject([{ address: 'a', action: 'create' }]);
    expect(created).toEqual([]);
  });

  it('keeps an object that was created before the old one at its address was destroyed', () => {
    const { created } = told(['a', 'create', 'completed', 'new'], ['a', 'delete', 'completed', 'old']);
    expect(created).toMatchObject([{ address: 'a', id: 'new' }]);
  });

  it('forgets an object that was destroyed again', () => {
    expect(told(['a', 'create', 'completed', 'x'], ['a', 'delete', 'completed', 'x']).created).toEqual([]);
  });

  it('knows which steps had not ended', () => {
    const { openSteps } = toLedger([
      { at: 1, body: { type: 'step.started', step: 'init', command: 'init' } },
      { at: 2, body: { type: 'step.finished', step: 'init', conclusion: 'succeeded', exitCode: 0 } },
      { at: 3, body: { type: 'step.started', step: 'apply', command: 'apply' } },
    ]);
    expect(openSteps).toEqual(['apply']);
  });
});
