import { SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';
import type { AttemptCall, AttemptRow } from './find-attempt.ts';
import { keepEvidence } from '../state/keep-evidence.ts';

/** What a refused write would have said. */
export interface Late {
  kind: string;
  body: unknown;
}

const findRefusal = (row: AttemptRow, { attempt, fence }: AttemptCall): SignalboxError | null => {
  if (row.fence !== fence || row.newest !== row.number) {
    return new SignalboxError('FENCED', { attempt, fence, current: row.newest_fence ?? row.fence });
  }
  if (row.sealed_at === null) return null;
  return row.result ? new SignalboxError('ATTEMPT_OVER', { attempt }) : new SignalboxError('LEASE_LOST', { attempt });
};

/** Lets only the current attempt write; what any other brings is kept as evidence, and refused. */
export const requireFence = async (
  context: ServerContext,
  row: AttemptRow,
  call: AttemptCall,
  late?: Late,
): Promise<void> => {
  const refusal = findRefusal(row, call);
  if (!refusal) return;
  if (late)
    await keepEvidence(context, row, {
      ...late,
      body: { fence: call.fence, refused: refusal.code, ...Object(late.body) },
    });
  throw refusal;
};
