import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClock } from '../../io/clock.ts';
import { createIds } from '../../io/ids.ts';
import type { Logger } from '../../io/logger.ts';
import { createApp } from '../../server/app.ts';
import { createBrowserLink } from '../../server/auth-browser.ts';
import { createServedHosts } from '../../server/auth-hosts.ts';
import { ensureOperatorToken } from '../../server/auth-operator-token.ts';
import type { ServerContext } from '../../server/context.ts';
import { ensureOrganisation } from '../../server/organisation.ts';
import { keepTime } from '../../server/runners/keep-time.ts';
import { serveApp } from '../../server/serve.ts';
import { createBlobs } from '../../server/store/blobs.ts';
import { createBox } from '../../server/store/box.ts';
import { lockDataDirectory } from '../../server/store/data-directory.ts';
import { createLogs } from '../../server/store/logs.ts';
import { openStore } from '../../server/store/open-store.ts';
import { createWake } from '../../server/store/wake.ts';
import { VERSION } from '../version.ts';
import { toDataDirectories } from './data-directories.ts';
import { writeLiveFile } from './live-file.ts';

export interface ControlPlaneOptions {
  /** Data directory (data-directories.ts). */
  data: string;
  host: string;
  port: number;
  /** True: where the port is taken, the next free one is used. */
  fallbackToFree: boolean;
  /** A PostgreSQL server's database; null: the embedded one. */
  database: string | null;
  publicUrls: readonly string[];
  logger: Logger;
  /** For drills and tests: other times than the protocol's. No configuration reaches it. */
  timers?: Partial<ServerContext['timers']>;
}

export interface ControlPlane {
  url: string;
  port: number;
  /** True where `port` is not the one that was asked for. */
  isFallback: boolean;
  operatorToken: string;
  organisation: string;
  context: ServerContext;
  /** A one-time address that signs a browser in. */
  browserLink(): Promise<string>;
  close(): Promise<void>;
}

const TIMERS: ServerContext['timers'] = {
  offerMs: 15_000,
  leaseMs: 30_000,
  renewMs: 10_000,
  pollHoldMs: 25_000,
  tickMs: 1000,
  lostMs: { read: 120_000, idempotent: 300_000, irreversible: 600_000 },
};
const LIMITS: ServerContext['limits'] = {
  maxBlobBytes: 1024 ** 3,
  maxStateBytes: 256 * 1024 ** 2,
  maxLogChunkBytes: 4 * 1024 ** 2,
};

/** Opens the data, serves the app, and says in `live.json` where. Throws the sentences of a directory or port that will not do. */
export const openControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const { logger } = options;
  const { control } = toDataDirectories(options.data);
  const clock = createClock();
  const ids = createIds();
  const lock = await lockDataDirectory(control);
  const closing: (() => Promise<unknown>)[] = [() => lock.release()];
  const closeAll = async () => {
    for (const close of closing.toReversed()) await close();
  };
  try {
    const box = await createBox(join(control, 'keys', 'data.key'), randomBytes);
    const store = await openStore(
      options.database ? { url: options.database } : { directory: join(control, 'database') },
    );
    closing.push(() => store.close());
    const wake = await createWake(store, clock);
    closing.push(() => wake.close());
    const logs = createLogs(join(control, 'logs'));
    closing.push(() => logs.close());
    const blobs = createBlobs(join(control, 'blobs'), box);
    const context: ServerContext = {
      store,
      clock,
      ids,
      logger,
      box,
      blobs,
      logs,
      wake,
      limits: LIMITS,
      timers: { ...TIMERS, ...options.timers },
    };
    const organisation = await ensureOrganisation(context);
    const operator = await ensureOperatorToken(control, ids);
    const time = keepTime(context);
    closing.push(() => time.stop());
    const app = createApp(context, {
      operatorTokenHash: operator.hash,
      organisation,
      hosts: createServedHosts(options.publicUrls),
      uiDirectory: findUi(),
      version: VERSION,
    });
    const serving = await serveApp(app, { ...options, clock });
    closing.push(() => serving.close());
    const live = await writeLiveFile(options.data, serving.url);
    closing.push(() => live.remove());
    return {
      url: serving.url,
      port: serving.port,
      isFallback: serving.isFallback,
      operatorToken: operator.token,
      organisation: organisation.id,
      context,
      browserLink: async () => `${serving.url}/link/${await createBrowserLink(context, organisation.id)}`,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
};

/** The built UI: beside the bundle, or under `dist` of a checkout. */
const findUi = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/ui' : './ui', import.meta.url));
