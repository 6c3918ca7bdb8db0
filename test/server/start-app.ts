import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { createApp } from '../../src/server/app.ts';
import { createServedHosts } from '../../src/server/auth-hosts.ts';
import type { ServerContext } from '../../src/server/context.ts';
import type { AppEnv, Hono } from '../../src/server/http.ts';
import { ensureOrganisation, type Organisation } from '../../src/server/organisation.ts';
import { hashToken } from '../../src/server/hash-token.ts';
import { serveApp } from '../../src/server/serve.ts';
import { openStore } from '../../src/server/store/open-store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createDatabase, createServerContext, hasServer, openTestPglite } from '../helpers/stores.ts';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  bytes: Buffer;
  // Replies are looked at by tests as they come.
  json: unknown;
}
export interface TestApp {
  app: Hono<AppEnv>;
  context: ServerContext;
  organisation: Organisation;
  url: string;
  port: number;
  uiDirectory: string;
  operatorToken: string;
  /** As the operator, over a real socket; `body` as JSON unless it is bytes. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Whoever comes: nothing is added. */
  callAs(method: string, path: string, init?: RequestInit): Promise<Reply>;
  /** Resolves when the next call is held on `topic`. */
  held(topic: string): Promise<void>;
  /** Rows of a second organisation, which the operator must never see. */
  addOtherOrganisation(): Promise<string>;
  close(): Promise<void>;
}

/** A fresh store, and how to be rid of it. */
export type OpenStore = () => Promise<{ store: Store; end(): Promise<void> }>;

/** Runs a suite on both engines. One app serves a whole suite, so whoever starts it ends it. */
export const describeOnApps = (title: string, suite: (open: OpenStore) => void): void => {
  describe(`${title} (PGlite)`, () =>
    suite(async () => {
      const store = await openTestPglite();
      return { store, end: () => store.close() };
    }));
  describe.skipIf(!hasServer)(`${title} (PostgreSQL)`, () =>
    suite(async () => {
      const { url, drop } = await createDatabase();
      const store = await openStore({ url });
      return { store, end: () => store.close().then(drop) };
    }),
  );
};

const toReply = async (reply: Response): Promise<Reply> => {
  const bytes = Buffer.from(await reply.arrayBuffer());
  const text = bytes.toString();
  const isJson = reply.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: reply.status, headers: reply.headers, text, bytes, json: isJson ? JSON.parse(text) : null };
};

/** The whole app on a real port, a fresh store and a fresh directory. */
export const startApp = async (
  open: OpenStore,
  change: (context: ServerContext) => ServerContext = (context) => context,
): Promise<TestApp> => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-app-'));
  const { store, end } = await open();
  const real = await createServerContext({ store, directory });
  const holds: { topic: string; begun: () => void }[] = [];
  const wait: ServerContext['wake']['wait'] = (topic, ...rest) => {
    const waited = real.wake.wait(topic, ...rest);
    for (const hold of holds) if (hold.topic === topic) hold.begun();
    return waited;
  };
  const context = change({ ...real, wake: { ...real.wake, wait } });
  const organisation = await ensureOrganisation(context);
  const operatorToken = context.ids.createToken('operator');
  const uiDirectory = join(directory, 'ui');
  const hosts = createServedHosts(['https://ci.example.com']);
  const operatorTokenHash = hashToken(operatorToken);
  const app = createApp(context, { operatorTokenHash, organisation, hosts, uiDirectory, version: '0.0.0-test' });
  const { clock } = context;
  const serving = await serveApp(app, { host: '127.0.0.1', port: 0, fallbackToFree: false, clock });
  const callAs: TestApp['callAs'] = async (method, path, init = {}) =>
    toReply(await fetch(`${serving.url}${path}`, { method, redirect: 'manual', ...init }));
  return {
    app,
    context,
    organisation,
    url: serving.url,
    port: serving.port,
    uiDirectory,
    operatorToken,
    callAs,
    call: (method, path, body, headers = {}) =>
      callAs(method, path, {
        headers: { authorization: `Bearer ${operatorToken}`, ...headers },
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body) }),
      }),
    held: (topic) => new Promise((begun) => holds.push({ topic, begun })),
    addOtherOrganisation: async () => {
      const id = context.ids.create('org');
      await store.db
        .insertInto('organisation')
        .values({ id, name: `other ${id}`, created_at: 0 })
        .execute();
      return id;
    },
    close: async () => {
      await serving.close();
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
