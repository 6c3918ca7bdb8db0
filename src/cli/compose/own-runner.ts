import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { createClock } from '../../io/clock.ts';
import type { Logger } from '../../io/logger.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { toError } from '../runner/to-error.ts';
import type { ToolChoice } from '../tool-options.ts';
import { toDataDirectories } from './data-directories.ts';
import { createMutableLogger } from './mutable-logger.ts';
import type { ConfiguredRunner } from './runner.ts';

/** `<data>/private/runner.token`, 0600: the token of the runner that `up` and `run` bring along. */
const OwnToken = z.object({ id: z.string(), token: z.string() });

export interface OwnRunnerOptions {
  data: string;
  operator: OperatorClient;
  logger: Logger;
  tools: ToolChoice;
  slots?: number;
  stopGraceMs?: number;
}

export interface OwnRunner extends ConfiguredRunner {
  /** Rejects when the runner is over because of a failure; else it stays open. */
  failure: Promise<never>;
  /** Takes nothing new, waits for what runs up to the stop grace, and lets go: what still runs then runs on. */
  end(): Promise<void>;
}

const SLOTS = 4;
const STOP_GRACE_MS = 5000;
/** A drain says goodbye to the control plane; one that does not answer is not waited for. */
const GOODBYE_MS = 2000;

/** Starts a runner that enrols with a real runner token of its own; it may run scripts, because its operator is the user. */
export const startOwnRunner = async (options: OwnRunnerOptions): Promise<OwnRunner> => {
  const { data, operator, tools, slots = SLOTS, stopGraceMs = STOP_GRACE_MS } = options;
  const directories = toDataDirectories(data);
  const clock = createClock();
  const { logger, mute } = createMutableLogger(options.logger);
  const { startConfiguredRunner } = await import('./runner.ts');
  const runner = await startConfiguredRunner({
    endpoint: operator.url,
    token: await ensureToken(join(directories.hidden, 'runner.token'), operator),
    name: hostname(),
    slots,
    pollIntervalMs: 10_000,
    httpTimeoutMs: 60_000,
    maxExecutionMs: 240 * 60_000,
    stopGraceMs,
    stateDirectory: directories.runner,
    temporaryDirectory: directories.work,
    cacheDirectory: directories.cache,
    hidden: [directories.hidden],
    allowsScripts: true,
    passEnvironment: [],
    ...tools,
    logger,
  });
  const failure = runner.over.then(({ failed, reason }) => {
    if (failed && reason !== null) throw toError(reason);
    return new Promise<never>(() => {});
  });
  // Whoever races it hears of it; nobody has to.
  failure.catch(() => {});
  return {
    ...runner,
    failure,
    end: async () => {
      const enough = new AbortController();
      runner.drain();
      await Promise.race([runner.over, clock.wait(stopGraceMs + GOODBYE_MS, enough.signal)]);
      enough.abort();
      mute();
      await runner.close();
    },
  };
};

/** The token that is kept, where the control plane still takes it; else a new one. */
const ensureToken = async (path: string, operator: OperatorClient): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(() => null);
  const kept = text === null ? null : OwnToken.safeParse(parseJson(text)).data;
  if (kept) {
    const known = (await operator.listRunners()).find(({ id }) => id === kept.id);
    if (known?.revokedAt === null) return kept.token;
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
