import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isAlive, readStat } from '../../io/process/proc.ts';
import { toDataDirectories } from './data-directories.ts';

/** Says which control plane of this user is up: `<data>/private/live.json`. */
const LiveFile = z.object({ url: z.string(), pid: z.number().int(), startTime: z.string() });
export type LiveFile = z.infer<typeof LiveFile>;

const pathOf = (data: string): string => join(toDataDirectories(data).hidden, 'live.json');

export const writeLiveFile = async (data: string, url: string): Promise<{ remove(): Promise<void> }> => {
  const path = pathOf(data);
  const live: LiveFile = { url, pid: process.pid, startTime: readStat(process.pid)?.startTime ?? '' };
  await writeFile(`${path}.new`, JSON.stringify(live), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return { remove: () => rm(path, { force: true }) };
};

/** The control plane that is up now; null: none, or its process is gone. */
export const readLiveFile = async (data: string): Promise<LiveFile | null> => {
  const text = await readFile(pathOf(data), 'utf8').catch(() => null);
  if (text === null) return null;
  const live = LiveFile.safeParse(parseJson(text));
  return live.success && isAlive(live.data) ? live.data : null;
};

/** Half a file, as a power cut may leave it, is none. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
