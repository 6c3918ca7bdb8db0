import { CATALOGUE, type ErrorCode } from '../../protocol/catalogue.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Reason } from '../../protocol/status.ts';

const isCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);

/** Why a machine is over → an error again, with the sentence as it was told: its details did not travel with it. */
export const toError = ({ code, message, hint }: Reason): SignalboxError => {
  if (!isCode(code)) return new SignalboxError('UNEXPECTED', { problem: message });
  return Object.assign(new SignalboxError(code), { message, ...(hint !== undefined && { hint }) });
};
