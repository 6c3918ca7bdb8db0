import * as z from 'zod';
import { Import } from '../../plugins/terraform/options.ts';
import type { Task } from '../../protocol/job.ts';
import type { Ledger } from './ledger.ts';
import { toQuoted } from './state-objects.ts';

export interface Unrecorded {
  address: string;
  id: string | null;
  /** The state has another object at this address: it must go before this one can be imported. */
  isTaken: boolean;
}

/** What an importing job was to bring in (plugins/terraform): its tool tells no ledger. */
const Imports = z.object({ imports: z.array(Import) });

/** What came into being and the state does not know. */
export const findUnrecorded = (
  { created }: Ledger,
  task: Pick<Task, 'options'>,
  objects: ReadonlyMap<string, string | null>,
): Unrecorded[] => {
  const made = [...created, ...(Imports.safeParse(task.options).data?.imports ?? [])];
  return made.flatMap(({ address, id }): Unrecorded[] => {
    const known = objects.get(address);
    if (known === undefined) return [{ address, id, isTaken: false }];
    const isOther = known !== null && id !== null && known !== id;
    return isOther ? [{ address, id, isTaken: true }] : [];
  });
};

/** Those that an import brings in. */
export const toImports = (unrecorded: readonly Unrecorded[]): { address: string; id: string }[] =>
  unrecorded.flatMap(({ address, id, isTaken }) => (id === null || isTaken ? [] : [{ address, id }]));

/** The same as blocks for the code. */
export const toImportBlocks = (unrecorded: readonly Unrecorded[]): string =>
  toImports(unrecorded)
    .map(({ address, id }) => `import {\n  to = ${address}\n  id = ${toQuoted(id)}\n}\n`)
    .join('\n');
