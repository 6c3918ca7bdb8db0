import * as z from 'zod';
import { proseOf, type KeyProse } from './key.ts';
import { ConfigFile } from './schema.ts';

export interface ListedKey extends KeyProse {
  /** `runner.poll_interval`. */
  path: string;
  /** As it would be written; null where it is no fixed value. */
  fallback: unknown;
}

const unwrap = (schema: z.ZodType): { inner: z.ZodType; fallback: unknown } => {
  if (schema instanceof z.ZodPrefault) {
    return { inner: schema.unwrap() as z.ZodType, fallback: schema.def.defaultValue };
  }
  return { inner: schema, fallback: null };
};

const walk = (schema: z.ZodType, path: string): ListedKey[] => {
  const { inner, fallback } = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, z.ZodType>;
    return Object.entries(shape).flatMap(([name, child]) => walk(child, path === '' ? name : `${path}.${name}`));
  }
  const prose = proseOf(schema);
  if (prose === null) throw new Error(`The key ${path} has no prose.`);
  return [{ ...prose, path, fallback }];
};

/** Every key of the configuration, in the order of its sections. */
export const listKeys = (): ListedKey[] => walk(ConfigFile, '');
