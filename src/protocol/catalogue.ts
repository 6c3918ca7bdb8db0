import { ACCESS_ERRORS } from './catalogue/access.ts';
import { ATTEMPT_ERRORS } from './catalogue/attempt.ts';
import { SOURCE_ERRORS } from './catalogue/source.ts';
import { STATE_ERRORS } from './catalogue/state.ts';
import { STEP_ERRORS } from './catalogue/step.ts';
import { STORAGE_ERRORS } from './catalogue/storage.ts';
import { TOOL_ERRORS } from './catalogue/tool.ts';
import { USAGE_ERRORS } from './catalogue/usage.ts';

/**
 * Every expected failure: a stable code, a sentence (what happened, to which thing), a hint (what to do), the HTTP status
 * it travels under, and the exit code of the command line it ends. Codes are never reused. A new one goes into the file
 * of its area under `catalogue/`; `docs/errors.md` lists them all.
 */
export const CATALOGUE = {
  ...USAGE_ERRORS,
  ...STORAGE_ERRORS,
  ...ACCESS_ERRORS,
  ...ATTEMPT_ERRORS,
  ...SOURCE_ERRORS,
  ...TOOL_ERRORS,
  ...STATE_ERRORS,
  ...STEP_ERRORS,
} as const;

export type ErrorCode = keyof typeof CATALOGUE;
