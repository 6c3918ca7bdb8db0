import { type RawBuilder, sql } from 'kysely';

const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;
/** `jsonb` has no zero byte and no half of a surrogate pair; a tool's output may hold both. */
const clean = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;

/**
 * A value for a `jsonb` column: `.values({ task: toJson(task) })`. The driver would turn arrays into PostgreSQL arrays
 * and leave bare strings unquoted, so every document is written as text and cast. Null is SQL's null.
 */
export const toJson = <T>(value: T): RawBuilder<T> => {
  if (value === null || value === undefined) return sql<T>`null::jsonb`;
  const text = JSON.stringify(value);
  return sql<T>`${UNSTORABLE.test(text) ? JSON.stringify(value, clean) : text}::jsonb`;
};
