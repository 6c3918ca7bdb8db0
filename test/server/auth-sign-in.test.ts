import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { BrowserLink } from '../../src/protocol/rest.ts';
import { describeOnApps, startApp, type TestApp } from './start-app.ts';

describeOnApps('a sign-in link', (open) => {
  let test: TestApp;
  let laterMs = 0;
  beforeAll(async () => {
    test = await startApp(open, (context) => ({
      ...context,
      clock: { ...context.clock, now: () => context.clock.now() + laterMs },
    }));
  }, 60_000);
  afterAll(() => test.close());
  beforeEach(() => {
    laterMs = 0;
  });
  const makeLink = async () => BrowserLink.parse((await test.call('POST', '/api/browser-links')).json).path;
  const signIn = async () => {
    const reply = await test.callAs('GET', await makeLink());
    return reply.headers.get('set-cookie')?.split(';')[0] ?? '';
  };

  it('signs one browser in, once', async () => {
    const link = await makeLink();
    const reply = await test.callAs('GET', link);
    expect(reply.status).toBe(303);
    expect(reply.headers.get('location')).toBe('/');
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    expect((await test.callAs('GET', '/api/overview', { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(
      200,
    );
    const again = await test.callAs('GET', link);
    expect(again.status).toBe(401);
    expect(again.headers.get('set-cookie')).toBeNull();
  });

  it('signs nobody in when two follow it at once but one', async () => {
    const link = await makeLink();
    const replies = await Promise.all([1, 2, 3, 4].map(() => test.callAs('GET', link)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([303, 401, 401, 401]);
  });

  it('is over after ten minutes', async () => {
    const link = await makeLink();
    laterMs = 10 * 60_000 + 1;
    expect((await test.callAs('GET', link)).status).toBe(401);
  });

  it('is not used up by a look at its head', async () => {
    const link = await makeLink();
    await test.callAs('HEAD', link);
    expect((await test.callAs('GET', link)).status).toBe(303);
  });

  it('leads a browser that comes from another site on by a page of its own', async () => {
    const reply = await test.callAs('GET', await makeLink(), { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('http-equiv="refresh"');
    expect(reply.headers.get('set-cookie')).toContain('HttpOnly');
  });

  it('is no bearer and no cookie itself', async () => {
    const token = (await makeLink()).slice('/link/'.length);
    const cookie = `signalbox-${test.port}=${token}`;
    expect((await test.callAs('GET', '/api/overview', { headers: { cookie } })).status).toBe(401);
    const authorization = `Bearer ${token}`;
    expect((await test.callAs('GET', '/api/overview', { headers: { authorization } })).status).toBe(401);
  });

  it('leaves only hashes in the database, and who signed in when in the audit', async () => {
    await signIn();
    const rows = await test.context.store.db.selectFrom('browser').selectAll().execute();
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['link', 'session']));
    for (const { token_hash } of rows) expect(token_hash).toMatch(/^[0-9a-f]{64}$/);
    const audit = await test.context.store.db.selectFrom('audit').select(['action', 'actor']).orderBy('at').execute();
    expect(audit).toContainEqual({ action: 'browser-link.create', actor: 'operator' });
    expect(audit).toContainEqual({ action: 'browser.sign-in', actor: 'browser' });
  });

  it('gives a session of seven days', async () => {
    const cookie = await signIn();
    laterMs = 7 * 24 * 3600_000 + 1;
    expect((await test.callAs('GET', '/api/overview', { headers: { cookie } })).status).toBe(401);
  });

  it('gives a cookie that changes things only from pages of our own', async () => {
    const cookie = await signIn();
    const post = (headers: Record<string, string>) =>
      test.callAs('POST', '/api/runners', { headers: { cookie, ...headers }, body: '{}' });
    expect((await post({})).json).toMatchObject({ error: { code: 'FORBIDDEN_ORIGIN' } });
    expect((await post({ origin: 'http://evil.example' })).json).toMatchObject({ error: { code: 'FORBIDDEN_ORIGIN' } });
    expect((await post({ origin: test.url })).status).toBe(201);
  });
});
