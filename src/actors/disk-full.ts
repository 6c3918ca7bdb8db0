import { SignalboxError } from '../protocol/errors.ts';

const FULL = /^(ENOSPC|EDQUOT|DISK_FULL|JOURNAL_FAILED)$/;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** There was no room for it, or for what has to be written down before it: the same succeeds when there is. */
export const isDiskFull = (error: unknown): boolean =>
  FULL.test(codeOf(error)) || (error instanceof Error && error.cause !== undefined && isDiskFull(error.cause));

/** The error that says so, with the place; any other error as it is. */
export const toDiskFull = (error: unknown, path: string): unknown =>
  isDiskFull(error) && !(error instanceof SignalboxError)
    ? new SignalboxError('DISK_FULL', { path }, { cause: error })
    : error;
