import type { ServerContext } from './context.ts';
import type { Caller } from './http.ts';
import { toJson } from './store/json.ts';
import type { Database, Tx } from './store/store.ts';

export interface AuditEntry {
  /** `<noun>.<verb>`: `runner.revoke`. */
  action: string;
  /** The id of what was written. */
  subject: string;
  /** What else is worth knowing later; never a secret. */
  body?: Record<string, unknown>;
}

/** Every write of a person leaves one row: who, when, what. In the write's own transaction where it has one. */
export const writeAudit = async (
  { clock, ids }: Pick<ServerContext, 'clock' | 'ids'>,
  tx: Database | Tx,
  { organisation, actor }: Caller,
  { action, subject, body = {} }: AuditEntry,
): Promise<void> => {
  await tx
    .insertInto('audit')
    .values({
      id: ids.create('aud'),
      org_id: organisation,
      at: clock.now(),
      actor,
      action,
      subject,
      body: toJson(body),
    })
    .execute();
};
