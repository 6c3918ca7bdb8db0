import { describe, expect, it } from 'vitest';
import { Poll } from '../../src/protocol/runner.ts';

const cancel = { type: 'cancel', attempt: 'job_0123456789abcdef.1', desired: 'kill' };
const read = (commands: unknown) => Poll.Reply.safeParse({ cursor: 7, commands, aFieldOfTomorrow: true });

describe('the commands of a newer control plane', () => {
  it('are passed over where this runner does not know them, and the others are heard', () => {
    const reply = read([
      { type: 'upgrade', to: 'v9' },
      cancel,
      { type: 'cancel', attempt: cancel.attempt, desired: 'pause' },
    ]);
    expect(reply.data).toEqual({ cursor: 7, commands: [cancel] });
  });
  it('are still a list, or the reply is none of the protocol', () => {
    expect(read('drain').success).toBe(false);
    expect(read(undefined).success).toBe(false);
  });
});
