import type { ServerContext } from './context.ts';
import { hashToken } from './hash-token.ts';

const LINK_MS = 10 * 60_000;
export const BROWSER_SESSION_MS = 7 * 24 * 3600_000;

type BrowserContext = Pick<ServerContext, 'store' | 'clock' | 'ids'>;

const insertBrowser = async (
  { store, clock, ids }: BrowserContext,
  organisation: string,
  browser: { kind: 'link' | 'session'; lifeMs: number },
): Promise<string> => {
  const token = ids.createToken(browser.kind);
  const row = { token_hash: hashToken(token), org_id: organisation, kind: browser.kind, used_at: null };
  await store.db
    .insertInto('browser')
    .values({ ...row, expires_at: clock.now() + browser.lifeMs })
    .execute();
  return token;
};

/** The token of a link that signs one browser in, once, within ten minutes. What is long over is swept away. */
export const createBrowserLink = async (context: BrowserContext, organisation: string): Promise<string> => {
  await context.store.db.deleteFrom('browser').where('expires_at', '<', context.clock.now()).execute();
  return insertBrowser(context, organisation, { kind: 'link', lifeMs: LINK_MS });
};

/** A link's token → the token of a new browser session; null where the link is unknown, old or used. */
export const openBrowserSession = async (
  context: BrowserContext,
  link: string,
): Promise<{ token: string; organisation: string } | null> => {
  const now = context.clock.now();
  const used = await context.store.db
    .updateTable('browser')
    .set({ used_at: now })
    .where('token_hash', '=', hashToken(link))
    .where('kind', '=', 'link')
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('org_id')
    .executeTakeFirst();
  if (!used) return null;
  const token = await insertBrowser(context, used.org_id, { kind: 'session', lifeMs: BROWSER_SESSION_MS });
  return { token, organisation: used.org_id };
};

/** A cookie's token → whose session it is; null where there is none. */
export const findBrowserSession = async (context: BrowserContext, token: string): Promise<string | null> => {
  const row = await context.store.db
    .selectFrom('browser')
    .select('org_id')
    .where('token_hash', '=', hashToken(token))
    .where('kind', '=', 'session')
    .where('expires_at', '>', context.clock.now())
    .executeTakeFirst();
  return row?.org_id ?? null;
};
