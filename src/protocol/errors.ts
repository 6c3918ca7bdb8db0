import * as z from 'zod';
import { CATALOGUE, type ErrorCode } from './catalogue.ts';

export type { ErrorCode } from './catalogue.ts';
export type Details = Record<string, string | number | boolean | null>;

/** How an error crosses the wire: `{"error": {…}}`. */
export const WireError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  }),
});
export type WireError = z.infer<typeof WireError>;

const fill = (template: string, details: Details): string =>
  template.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? `(no ${key})`));

/** An expected failure: a stable code, and a sentence composed from the catalogue. Never carries a secret. */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError';
  readonly code: ErrorCode;
  readonly details: Details;
  readonly hint: string;
  constructor(code: ErrorCode, details: Details = {}, options?: { cause?: unknown }) {
    super(fill(CATALOGUE[code].sentence, details), options);
    this.code = code;
    this.details = details;
    this.hint = fill(CATALOGUE[code].hint, details);
  }
  get httpStatus(): number {
    return CATALOGUE[this.code].http;
  }
  get exitCode(): number {
    return CATALOGUE[this.code].exit;
  }
}

/** No answer came: asking the same again is right. Everything else is an answer. */
export const isSilence = (error: unknown): error is SignalboxError & { code: 'CONTROL_PLANE_UNREACHABLE' } =>
  error instanceof SignalboxError && error.code === 'CONTROL_PLANE_UNREACHABLE';

export const toWire = (error: SignalboxError): WireError => ({
  error: { code: error.code, message: error.message, hint: error.hint, details: error.details },
});

const isCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);

/** A reply's body → the error it carries; an unknown code becomes `UNEXPECTED` and keeps its sentence. */
export const fromWire = (body: unknown): SignalboxError => {
  const parsed = WireError.safeParse(body);
  if (!parsed.success) return new SignalboxError('UNEXPECTED', { problem: 'the reply is not one of ours' });
  const { code, message, details } = parsed.data.error;
  return isCode(code) ? new SignalboxError(code, details) : new SignalboxError('UNEXPECTED', { problem: message });
};

/** Anything thrown → code and sentence, as plain data: what machines keep and traces record. */
export const toReason = (error: unknown): { code: string; message: string; hint?: string } => {
  if (error instanceof SignalboxError) return { code: error.code, message: error.message, hint: error.hint };
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
    const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
    return { code, message: String(error.message), ...hint };
  }
  return { code: 'UNEXPECTED', message: String(error) };
};
