import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClock } from '../../io/clock.ts';
import { toDataDirectories } from './data-directories.ts';
import { readLiveFile } from './live-file.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';

/** The operator's hand on the control plane of this user that is up now; null: none is. */
export const findOperator = async (data: string): Promise<OperatorClient | null> => {
  const live = await readLiveFile(data);
  if (!live) return null;
  const token = await readFile(join(toDataDirectories(data).control, 'operator.token'), 'utf8').catch(() => null);
  return token === null ? null : createOperatorClient({ url: live.url, token: token.trim(), clock: createClock() });
};
