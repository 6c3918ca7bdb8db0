/** The door to kysely's `sql` for statements that are one text: a poll, a claim, a seal are each one round trip. */
export { sql, type RawBuilder } from 'kysely';
