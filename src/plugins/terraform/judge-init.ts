import type { JudgeInput, Verdict } from '../plugin.ts';
import { findFailureSign } from './failure-sign.ts';
import { readError } from './read-error.ts';
import { toStepFailed, toSucceeded } from './verdicts.ts';

/** `init` has nothing but its exit code and what it wrote; where the network failed it, the network's words are told. */
export const judgeInit = (input: JudgeInput): Verdict => {
  const { document, exitCode } = input;
  if (exitCode === 0) return toSucceeded(input);
  const error = readError(document);
  const sign = findFailureSign(document);
  if (sign?.kind !== 'transient') return toStepFailed(input, error);
  const isSaid = error?.includes(sign.words) === true;
  return toStepFailed(input, isSaid ? error : `${error === null ? '' : `${error}: `}${sign.words}`, {
    transient: true,
  });
};
