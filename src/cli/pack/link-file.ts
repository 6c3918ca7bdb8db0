import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SignalboxError } from '../../protocol/errors.ts';

export const LINK_FILE = '.signalbox.json';

const LinkFile = z.object({ version: z.literal(1), architecture: z.string().min(1) });

/** The architecture that the code in `dir` belongs to, or null. Throws `CONFIG_INVALID` where the file is damaged. */
export const readLinkFile = async (dir: string): Promise<string | null> => {
  const file = join(dir, LINK_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new SignalboxError('CONFIG_INVALID', { file, problem: message }, { cause: error });
  }
  try {
    return LinkFile.parse(JSON.parse(text)).architecture;
  } catch (error) {
    const problem = 'it must hold {"version": 1, "architecture": "NAME"}';
    throw new SignalboxError('CONFIG_INVALID', { file, problem }, { cause: error });
  }
};

/** Links the code in `dir` to an architecture; the file is meant to be committed. */
export const writeLinkFile = async (dir: string, architecture: string): Promise<void> => {
  const file = join(dir, LINK_FILE);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ version: 1, architecture }, null, 2)}\n`);
  await rename(draft, file);
};
