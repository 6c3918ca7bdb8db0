import type { Reason } from '../protocol/status.ts';
import { toReason } from '../protocol/errors.ts';

/** An error of a child, live or read from a trace (`{code, message}`), as the data that machines keep. */
export const toFailure = (error: unknown): Reason => toReason(error);
