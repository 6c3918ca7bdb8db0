import { type RawBuilder, sql } from 'kysely';

/**
 * A value for a `jsonb` column: `.values({ task: toJson(task) })`. The driver would turn arrays into PostgreSQL arrays
 * and leave bare strings unquoted, so every document is written as text and cast. Null is SQL's null.
 */
export const toJson = <T>(value: T): RawBuilder<T> =>
  value === null || value === undefined ? sql<T>`null` : sql<T>`${JSON.stringify(value)}::jsonb`;
