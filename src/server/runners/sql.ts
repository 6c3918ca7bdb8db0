import { sql as kyselySql } from 'kysely';
export const sql = kyselySql;
