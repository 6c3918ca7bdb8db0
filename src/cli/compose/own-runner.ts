import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { DownloadProgress } from '../../io/tools/releases.ts';
import type { Logger } from '../../io/logger.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { toDataDirectories } from './data-directories.ts';
import { startConfiguredRunner, type ConfiguredRunner } from './runner.ts';

/** The runner that `up` and `run` bring along keeps its token here, 0600. */
const OwnToken = z.object({ id: z.string(), token: z.string() });

export interface OwnRunnerOptions {
  data: string;
  operator: OperatorClient;
  logger: Logger;
  terraformPath: string | null;
  slots?: number;
  stopGraceMs?: number;
  onProgress?: (progress: DownloadProgress) => void;
}

/** Starts a runner that enrols with a real runner token of its own; it may run scripts, because its operator is the user. */
export const startOwnRunner = async (options: OwnRunnerOptions): Promise<ConfiguredRunner> => {
  const directories = toDataDirectories(options.data);
  return startConfiguredRunner({
    endpoint: options.operator.url,
    token: await ensureToken(join(directories.hidden, 'runner.token'), options.operator),
    name: hostname(),
    slots: options.slots ?? 4,
    pollIntervalMs: 10_000,
    httpTimeoutMs: 60_000,
    maxExecutionMs: 240 * 60_000,
    stopGraceMs: options.stopGraceMs ?? 5000,
    stateDirectory: directories.runner,
    temporaryDirectory: directories.work,
    cacheDirectory: directories.cache,
    hidden: [directories.hidden],
    allowsScripts: true,
    passEnvironment: [],
    terraformPath: options.terraformPath,
    ...(options.onProgress && { onProgress: options.onProgress }),
    logger: options.logger,
  });
};

const ensureToken = async (path: string, operator: OperatorClient): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(() => null);
  const kept = text === null ? null : OwnToken.safeParse(parseJson(text)).data;
  if (kept) {
    const known = (await operator.listRunners()).find(({ id }) => id === kept.id);
    if (known && known.revokedAt === null) return kept.token;
  }
  const { runner, token } = await operator.createRunner();
  await writeFile(`${path}.new`, JSON.stringify({ id: runner.id, token }), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return token;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
