import type { RawBuilder } from 'kysely';
import { sql } from './sql.ts';

const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;
/** `jsonb` has no zero byte and no half of a surrogate pair; a tool's output may hold both. */
const clean = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;

/** A value → a `jsonb` parameter (as text: the drivers differ in what they make of arrays); null stays SQL's null. */
export const toJson = <T>(value: T): RawBuilder<T> => {
  if (value === null) return sql<T>`null::jsonb`;
  const text = JSON.stringify(value);
  return sql<T>`${UNSTORABLE.test(text) ? JSON.stringify(value, clean) : text}::jsonb`;
};
