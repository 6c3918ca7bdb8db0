import { SignalboxError } from '../protocol/errors.ts';
import { toBearer } from './auth-bearer.ts';
import { toProblem } from './http-problem.ts';
import { readBytes, type Readable, type Schema } from './http-read.ts';
import { unzip } from './runners/unzip.ts';

/** A result carries a job's outputs, which may be large. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The bearer of a call. Throws `UNAUTHENTICATED`. */
export const readToken = (c: Readable): string => {
  const token = toBearer(c.req.header('authorization'));
  if (token === null) throw new SignalboxError('UNAUTHENTICATED');
  return token;
};

/** The body's bytes, unpacked where they came gzipped; both are limited. */
export const readPlain = async (c: Readable, maxBytes: number, thing: string): Promise<Uint8Array> => {
  const bytes = await readBytes(c, maxBytes, thing);
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip')
    throw new SignalboxError('REQUEST_INVALID', { problem: `the content encoding ${encoding} is not known` });
  return unzip(bytes, maxBytes, thing);
};

/**
 * The JSON body as `schema` says. Unlike an operator's, it may hold zero bytes (a tool's output does); whoever stores
 * them replaces them, so that no runner is stuck with a message that is never taken.
 */
export const readMessage = async <T>(c: Readable, schema: Schema<T>): Promise<T> => {
  const text = Buffer.from(await readPlain(c, MAX_MESSAGE_BYTES, 'The message')).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SignalboxError('REQUEST_INVALID', { problem: 'the body is not JSON' });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('REQUEST_INVALID', { problem: toProblem(parsed.error.issues) });
};
