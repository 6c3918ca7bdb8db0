import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import type { ServerContext } from '../../../src/server/context.ts';
import { openStore } from '../../../src/server/store/open-store.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { createDatabase, createServerContext, hasServer, openTestPglite } from '../../helpers/stores.ts';
import { createScene, type Scene } from './scene.ts';

/** A scene whose wall clock stands until the test moves it. */
export interface Play extends Scene {
  pass(ms: number): void;
}
type Tests = (play: () => Promise<Play>) => void;

const TIMERS = {
  offerMs: 15_000,
  leaseMs: 30_000,
  renewMs: 10_000,
  pollHoldMs: 25_000,
  tickMs: 5000,
  lostMs: { read: 120_000, idempotent: 300_000, irreversible: 600_000 },
};
const START_MS = 60_000;

const runOn = (open: () => Promise<{ store: Store; end(): Promise<void> }>, tests: Tests): void => {
  let context: ServerContext;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'signalbox-scene-'));
    const { store, end } = await open();
    context = await createServerContext({ store, directory, timers: TIMERS });
    close = async () => {
      await store.close();
      await end();
      await rm(directory, { recursive: true });
    };
  }, START_MS);
  afterAll(() => close(), START_MS);
  tests(async () => {
    let at = 1_000_000;
    const clock = { ...createClock(), now: () => at };
    return { ...(await createScene({ ...context, clock })), pass: (ms: number) => void (at += ms) };
  });
};

/** Runs a suite on both engines. Its scenes share one store, each in an organisation of its own. */
export const describeScenes = (title: string, tests: Tests): void => {
  describe(`${title} (PGlite)`, () =>
    runOn(async () => ({ store: await openTestPglite(), end: async () => {} }), tests));
  describe.skipIf(!hasServer)(`${title} (PostgreSQL)`, () =>
    runOn(async () => {
      const { url, drop } = await createDatabase();
      return { store: await openStore({ url }), end: drop };
    }, tests),
  );
};
