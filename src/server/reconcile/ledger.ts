import type { AttemptEvent } from '../../protocol/attempt.ts';
import { sql } from '../store/sql.ts';
import type { Database, Tx } from '../store/store.ts';

/** What a tool told of one resource. */
export interface LedgerLine {
  address: string;
  action: string;
  id: string | null;
  at: number;
}
export interface Ledger {
  /** Begun, and neither completed nor errored. */
  inFlight: LedgerLine[];
  /** The last object that was made at each address, and not destroyed after it. */
  created: LedgerLine[];
  /** Steps that began and of which no end was told. */
  openSteps: string[];
}

const MAKES: ReadonlySet<string> = new Set(['create', 'replace', 'import']);

export interface ToldEvent {
  at: number;
  body: AttemptEvent;
}

/** Events in order → what was under way when they ended, and what had come into being. */
export const toLedger = (events: readonly ToldEvent[]): Ledger => {
  const inFlight = new Map<string, LedgerLine>();
  const created = new Map<string, LedgerLine>();
  const openSteps = new Set<string>();
  for (const { at, body } of events) {
    if (body.type === 'step.started') openSteps.add(body.step);
    if (body.type === 'step.finished') openSteps.delete(body.step);
    if (body.type !== 'resource') continue;
    const { address, action, moment, id } = body;
    const line = { address, action, id, at };
    // A replacement is told as a removal and a creation of the same address.
    const operation = `${action} ${address}`;
    if (moment === 'started') inFlight.set(operation, line);
    else inFlight.delete(operation);
    if (moment !== 'completed') continue;
    if (MAKES.has(action)) created.set(address, line);
    // The old object of one that was created before it was destroyed has another id.
    else if (action === 'delete' && created.get(address)?.id === id) created.delete(address);
  }
  return { inFlight: [...inFlight.values()], created: [...created.values()], openSteps: [...openSteps] };
};

/** The ledger of one attempt. */
export const readLedger = async (db: Database | Tx, job: string, number: number): Promise<Ledger> => {
  const { rows } = await sql<ToldEvent>`
    select at, body from event where job_id = ${job} and number = ${number}::int
      and body->>'type' in ('resource', 'step.started', 'step.finished') order by seq`.execute(db);
  return toLedger(rows);
};
