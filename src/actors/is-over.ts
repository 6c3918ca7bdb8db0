import { SignalboxError, type ErrorCode } from '../protocol/errors.ts';

const OVER: ReadonlySet<ErrorCode> = new Set(['FENCED', 'ATTEMPT_OVER', 'LEASE_LOST', 'UNAUTHENTICATED', 'NOT_FOUND']);

/** The control plane will never take anything of this attempt any more, however often it is tried. */
export const isOver = (error: unknown): boolean => error instanceof SignalboxError && OVER.has(error.code);
