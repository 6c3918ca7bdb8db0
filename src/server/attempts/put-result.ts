import { isDeepStrictEqual } from 'node:util';
import type { Result, ResultReply } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';
import { findMissing } from './find-missing.ts';
import { requireFence } from './require-fence.ts';
import { seal } from './seal.ts';

/** As a row gives it back. A runner that was killed before it had the answer counts more events than it did: it is the same result. */
const normalize = (result: object): unknown => JSON.parse(JSON.stringify({ ...result, events: 0 }));

/** The last message about an attempt: sealed once everything that it speaks of is stored; until then, what is missing. */
export const putResult = async (
  context: ServerContext,
  call: Pick<AttemptCall, 'attempt' | 'token'> & { result: Result },
): Promise<ResultReply> => {
  const { result, attempt } = call;
  if (result.attempt !== attempt)
    throw new SignalboxError('REQUEST_INVALID', { problem: 'attempt: not the one in the path' });
  const row = await findAttempt(context, call);
  if (row.result && isDeepStrictEqual(normalize(row.result), normalize(result)))
    return { status: 'sealed', replayed: true };
  const fenced = { attempt, token: call.token, fence: result.fence };
  await requireFence(context, row, fenced, { kind: 'result', body: { result } });
  const missing = await findMissing(context, row, result);
  if (missing) return { status: 'incomplete', missing };
  if (await seal(context, row, result)) return { status: 'sealed', replayed: false };
  // Somebody else was first: the same result, or one that took the attempt away.
  return putResult(context, call);
};
