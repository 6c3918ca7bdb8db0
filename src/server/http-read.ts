import { SignalboxError } from '../protocol/errors.ts';
import { toProblem, type Issue } from './http-problem.ts';

/** The part of a request that is read here, whatever environment its app has. */
export interface Readable {
  req: {
    header(name: string): string | undefined;
    query(name: string): string | undefined;
    query(): Record<string, string>;
    param(name: string): string | undefined;
    arrayBuffer(): Promise<ArrayBuffer>;
    text(): Promise<string>;
    raw: Request;
  };
}
/** A zod schema, seen from outside. */
export interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}

export const MAX_JSON_BYTES = 4 * 1024 * 1024;

const parse = <T>(schema: Schema<T>, value: unknown): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('REQUEST_INVALID', { problem: toProblem(parsed.error.issues) });
};

/** The whole body; throws `TOO_LARGE` without reading on. */
export const readBytes = async (c: Readable, maxBytes: number, thing = 'The body'): Promise<Uint8Array> => {
  const tooLarge = (size: number) => new SignalboxError('TOO_LARGE', { thing, size, limit: maxBytes });
  const stated = c.req.header('content-length');
  if (stated !== undefined) {
    if (Number(stated) > maxBytes) throw tooLarge(Number(stated));
    return new Uint8Array(await c.req.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

/** The JSON body as `schema` says; an absent one counts as `{}`. Throws `REQUEST_INVALID` naming the path. */
export const readBody = async <T>(c: Readable, schema: Schema<T>, maxBytes = MAX_JSON_BYTES): Promise<T> => {
  const text = Buffer.from(await readBytes(c, maxBytes)).toString();
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new SignalboxError('REQUEST_INVALID', { problem: 'the body is not JSON' });
  }
  return parse(schema, value);
};

/** The query as `schema` says. */
export const readQuery = <T>(c: Readable, schema: Schema<T>): T => parse(schema, c.req.query());

/** A count in the query: `otherwise` where it is absent, `max` where it is more. */
export const readCount = (c: Readable, name: string, options: { otherwise: number; max: number }): number => {
  const text = c.req.query(name);
  if (text === undefined) return options.otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new SignalboxError('REQUEST_INVALID', { problem: `${name}: not a count` });
  return Math.min(Number(text), options.max);
};

/** A path parameter that names a thing; whatever cannot be its id is not found. */
export const readParam = <T>(c: Readable, name: string, schema: Schema<T>, thing: string): T => {
  const value = c.req.param(name);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('NOT_FOUND', { thing, id: String(value).slice(0, 100) });
};
