import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { SignalboxError } from '../../protocol/errors.ts';
import type { StateHead } from '../../protocol/job.ts';

const State = z.object({
  lineage: z.string().min(1),
  serial: z.number().int().nonnegative(),
  version: z.number().int(),
});

/** A state file with what identifies it. Throws `STATE_UNREADABLE` for half of one. */
export const readStateFile = async (path: string): Promise<{ head: StateHead; bytes: Uint8Array }> => {
  const unreadable = (problem: string, cause?: unknown) =>
    new SignalboxError('STATE_UNREADABLE', { path, problem }, { cause });
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(error.code === 'ENOENT' ? 'there is no such file' : error.message, error);
  });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw unreadable(bytes.length === 0 ? 'it is empty' : 'it is not JSON, or only half of it', error);
  }
  const parsed = State.safeParse(value);
  if (!parsed.success) throw unreadable('it has no version, serial and lineage');
  const { lineage, serial } = parsed.data;
  return { head: { lineage, serial, sha256: createHash('sha256').update(bytes).digest('hex') }, bytes };
};
