import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '../io/ids.ts';
import { hashToken } from './hash-token.ts';

export const OPERATOR_TOKEN_FILE = 'operator.token';

const readToken = async (path: string): Promise<string | null> => {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    return token.length >= 32 ? token : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The bearer of this host's command line: made at the first start, in a file that only its owner can read. */
export const ensureOperatorToken = async (
  directory: string,
  ids: Pick<Ids, 'createToken'>,
): Promise<{ token: string; hash: string; path: string }> => {
  const path = join(directory, OPERATOR_TOKEN_FILE);
  let token = await readToken(path);
  if (token === null) {
    token = ids.createToken('operator');
    // Written aside and renamed, so that a crash leaves no half of a token.
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(`${token}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }
  await chmod(path, 0o600);
  return { token, hash: hashToken(token), path };
};
