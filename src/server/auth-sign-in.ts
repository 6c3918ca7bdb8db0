import { SignalboxError } from '../protocol/errors.ts';
import { BROWSER_SESSION_MS, openBrowserSession } from './auth-browser.ts';
import { isSecureHost, toCookieName } from './auth-guard.ts';
import type { ServedHosts } from './auth-hosts.ts';
import type { ServerContext } from './context.ts';
import { Hono, setCookie, type AppEnv } from './http.ts';
import { writeAudit } from './audit.ts';
import { toPage } from './served-ui-page.ts';

/** `GET /link/:token`: signs a browser in, once, and leads on to the first page. */
export const createSignInRoutes = (context: ServerContext, hosts: ServedHosts): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.get('/link/:token', async (c) => {
    // A HEAD comes from something that looks at links before people do: it must not use one up.
    if (c.req.raw.method === 'HEAD') return c.body(null, 204);
    const session = await openBrowserSession(context, c.req.param('token'));
    if (!session) throw new SignalboxError('UNAUTHENTICATED');
    const caller = { organisation: session.organisation, actor: 'browser' };
    await writeAudit(context, context.store.db, caller, { action: 'browser.sign-in', subject: session.organisation });
    setCookie(c, toCookieName(c), session.token, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecureHost(c, hosts),
      path: '/',
      maxAge: BROWSER_SESSION_MS / 1000,
    });
    c.header('cache-control', 'no-store');
    // Followed from another site (a terminal in a web page), a redirect would go without the strict cookie; a refresh is our own.
    if (c.req.header('sec-fetch-site') !== 'cross-site') return c.redirect('/', 303);
    return c.html(toPage('Signed in', '<a href="/">Go on</a>', '<meta http-equiv="refresh" content="0;url=/">\n'));
  });
  return routes;
};
