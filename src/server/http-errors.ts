import type { Ids } from '../io/ids.ts';
import type { Logger } from '../io/logger.ts';
import { SignalboxError, toWire } from '../protocol/errors.ts';
import { toProblem, type Issue } from './http-problem.ts';

interface Replying {
  req: { method: string; path: string; raw: Request };
  json(body: unknown, status?: never, headers?: Record<string, string>): Response;
}

const isSchemaError = (error: Error): error is Error & { issues: Issue[] } =>
  error.name === 'ZodError' && 'issues' in error && Array.isArray(error.issues);

/** PostgreSQL's words for a text with a zero byte or half a character. */
const isUnstorableText = (error: Error): boolean =>
  'code' in error && (error.code === '22021' || error.code === '22P05');

/** Anything thrown → a failure of the catalogue. What nobody expected keeps its stack in the log, under an id that the reply names. */
const toKnown = (error: Error, c: Replying, context: { logger: Logger; ids: Ids }): SignalboxError => {
  if (error instanceof SignalboxError) return error;
  if (isSchemaError(error)) return new SignalboxError('REQUEST_INVALID', { problem: toProblem(error.issues) });
  if (isUnstorableText(error)) return new SignalboxError('REQUEST_INVALID', { problem: 'a text holds a zero byte' });
  const incident = context.ids.create('inc');
  // A link's path is its secret.
  const path = c.req.path.startsWith('/link/') ? '/link/***' : c.req.path;
  const fields = { incident, method: c.req.method, path, stack: error.stack ?? String(error) };
  if (c.req.raw.signal.aborted) context.logger.debug(fields, 'the caller went away');
  else context.logger.error(fields, 'a request failed');
  return new SignalboxError('UNEXPECTED', { problem: `the log of the control plane has it under ${incident}` });
};

const toHeaders = (error: SignalboxError): Record<string, string> => {
  if (error.httpStatus === 401) return { 'www-authenticate': 'Bearer' };
  return error.code === 'RATE_LIMITED' ? { 'retry-after': String(error.details['seconds']) } : {};
};

/** The one place where a failure becomes a reply: `{"error": {…}}`, never a stack. */
export const createErrorHandler =
  (context: { logger: Logger; ids: Ids }) =>
  (error: Error, c: Replying): Response => {
    const known = toKnown(error, c, context);
    return c.json(toWire(known), known.httpStatus as never, { 'cache-control': 'no-store', ...toHeaders(known) });
  };
