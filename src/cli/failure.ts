import type { Logger } from '../io/logger.ts';
import { SignalboxError, toReason } from '../protocol/errors.ts';
import type { Output } from './command.ts';

/** Anything thrown → the sentence and hint for people, an `error` event for programs, and the exit code. */
export const tellFailure = (
  thrown: unknown,
  { output, logger, tell }: { output: Output; logger: Logger; tell: (line: string) => void },
): number => {
  const error =
    thrown instanceof SignalboxError
      ? thrown
      : new SignalboxError('UNEXPECTED', { problem: toReason(thrown).message }, { cause: thrown });
  const { code, message, hint } = error;
  output.progress(null);
  output.event({ type: 'error', code, message, hint });
  if (!output.isJson) {
    const word = output.hasColours ? '\u001b[31mError:\u001b[0m' : 'Error:';
    tell(`${word} ${message}`);
    if (hint !== '') tell(`  ${hint}`);
  }
  const { stack } = thrown instanceof Error ? thrown : error;
  // A defect shows where it is only to those who asked for it.
  logger.debug({ code, stack }, message);
  return error.exitCode;
};
