import { FENCE_HEADER } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { AttemptId } from '../../protocol/ids.ts';
import { readParam, type Readable } from '../http-read.ts';
import { readToken } from '../read-call.ts';
import type { AttemptCall } from './find-attempt.ts';

/** Who calls about which attempt. */
export const readAttempt = (c: Readable): Pick<AttemptCall, 'attempt' | 'token'> => ({
  token: readToken(c),
  attempt: readParam(c, 'attempt', AttemptId, 'attempt'),
});

/** The same, with the fence from its header. */
export const readFenced = (c: Readable): AttemptCall => {
  const call = readAttempt(c);
  const fence = c.req.header(FENCE_HEADER) ?? '';
  if (!/^\d{1,15}$/.test(fence))
    throw new SignalboxError('REQUEST_INVALID', { problem: `${FENCE_HEADER}: not a number` });
  return { ...call, fence: Number(fence) };
};

/** `bytes A-B/*` → A and the number of bytes. */
export const readContentRange = (c: Readable): { from: number; size: number } => {
  const range = /^bytes (\d{1,15})-(\d{1,15})\/\*$/.exec(c.req.header('content-range') ?? '');
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  if (!range || to < from) throw new SignalboxError('REQUEST_INVALID', { problem: 'content-range: not `bytes A-B/*`' });
  return { from, size: to - from + 1 };
};
