import { sql } from '../store/sql.ts';

/** Of a command `c`: still meant. An offer is, while its job is offered to that session under that attempt. */
export const isStanding = sql<boolean>`(c.body->>'type' <> 'offer' or exists (
  select 1 from job o where o.id = c.body->>'job' and o.queue = 'offered' and o.session_id = c.session_id
    and o.id || '.' || o.attempt = c.body->>'attempt'))`;
