import { createHash } from 'node:crypto';
import { SignalboxError } from '../../protocol/errors.ts';
import type { StateHead } from '../../protocol/job.ts';

const findProblem = (bytes: Uint8Array, head: StateHead): string | null => {
  let state: unknown;
  try {
    state = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return 'it is not JSON';
  }
  if (typeof state !== 'object' || state === null) return 'it is not a state';
  const { lineage, serial } = state as Record<string, unknown>;
  if (lineage !== head.lineage) return `its lineage is not ${head.lineage}`;
  return serial === head.serial ? null : `its serial is not ${head.serial}`;
};

/** Checks that the bytes are the state that the head names. Throws `DIGEST_MISMATCH`, `STATE_UNREADABLE`. */
export const checkStateBytes = (bytes: Uint8Array, head: StateHead): void => {
  if (createHash('sha256').update(bytes).digest('hex') !== head.sha256) {
    throw new SignalboxError('DIGEST_MISMATCH', { thing: 'the state' });
  }
  const problem = findProblem(bytes, head);
  if (problem) throw new SignalboxError('STATE_UNREADABLE', { path: `of serial ${head.serial}`, problem });
};
