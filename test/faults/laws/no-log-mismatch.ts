import { createHash } from 'node:crypto';
import type { AttemptFacts } from '../facts.ts';
import { renderLog } from '../render-log.ts';
import type { Law, Violation } from './law.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
const tell = (bytes: Uint8Array): string => `${bytes.length} bytes, ${digest(bytes)}`;

const compare = async ({ id, record, trace, kept, log, hasBegun }: AttemptFacts): Promise<string | null> => {
  if (!hasBegun && !record.result) return null;
  if (trace === null || kept === null) {
    return record.result
      ? `${id} was sealed, and its runner has ${trace === null ? 'no trace' : 'none of its files'}`
      : null;
  }
  const rendered = await renderLog(trace, kept);
  // What was taken away from its runner is a beginning of what it would have been.
  const expected = record.result ? rendered : rendered.subarray(0, log.length);
  if (Buffer.compare(expected, log) === 0) return null;
  let same = 0;
  while (same < log.length && expected[same] === log[same]) same += 1;
  return `${id}: its files render to ${tell(expected)}, the control plane has ${tell(log)}; they differ from byte ${same} on`;
};

/** The log at the control plane is what the step's files come to, byte for byte, however often it was read and sent. */
export const noLogMismatch: Law = async ({ attempts, faults }) => {
  const violations: Violation[] = [];
  const wasFull = faults.some(({ name }) => name === 'fill disk');
  for (const attempt of attempts) {
    // On a full disk a runner says what it cannot write down; only a result makes the log final.
    if (wasFull && !attempt.record.result) continue;
    const what = await compare(attempt);
    if (what !== null) violations.push({ run: attempt.run, what });
  }
  return violations;
};
