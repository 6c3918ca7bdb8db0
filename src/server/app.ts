import { SignalboxError } from '../protocol/errors.ts';
import { guardHost, guardOperator, limitFailures } from './auth-guard.ts';
import type { ServedHosts } from './auth-hosts.ts';
import { createRateLimit } from './auth-rate-limit.ts';
import { createSignInRoutes } from './auth-sign-in.ts';
import type { ServerContext } from './context.ts';
import { createErrorHandler } from './http-errors.ts';
import { Hono, secureHeaders, type AppEnv, type Context } from './http.ts';
import { createOperatorRoutes } from './operator/routes.ts';
import type { Organisation } from './organisation.ts';
import { createRunnerRoutes } from './runners/routes.ts';
import { createServedUi } from './served-ui.ts';
import { SIGN_IN_PAGE } from './served-ui-page.ts';

export interface AppOptions {
  operatorTokenHash: string;
  organisation: Organisation;
  hosts: ServedHosts;
  /** Where the built UI lies. */
  uiDirectory: string;
  /** Of Signalbox. */
  version: string;
}

const SECURE_HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // Whoever ends TLS before us says this for the whole host, or not.
  strictTransportSecurity: false,
});

const isPage = (c: Context): boolean =>
  c.req.method === 'GET' && !c.req.path.startsWith('/api/') && (c.req.header('accept') ?? '').includes('text/html');

/**
 * The control plane's doors in one app. The order is the trust: host and origin first, then what needs no operator
 * (probes, sign-in, runners with their own tokens), and everything that is mounted after the guard is the operator's.
 */
export const createApp = (context: ServerContext, options: AppOptions): Hono<AppEnv> => {
  const { hosts, operatorTokenHash, organisation } = options;
  const { store, logger } = context;
  const limit = createRateLimit(context.clock);
  const app = new Hono<AppEnv>();

  const answerError = createErrorHandler(context);
  app.onError((error, c) => {
    const reply = answerError(error, c);
    return reply.status === 401 && isPage(c) ? c.html(SIGN_IN_PAGE, 401) : reply;
  });
  app.notFound((c) =>
    answerError(new SignalboxError('NOT_FOUND', { thing: 'call', id: `${c.req.method} ${c.req.path}` }), c),
  );

  app.use('*', guardHost(hosts), limitFailures(limit));
  app.get('/livez', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    try {
      await store.db.selectFrom('served').select('id').execute();
      return c.text('ok');
    } catch (error) {
      logger.warn({ problem: String(error) }, 'the database does not answer');
      return c.text('not ok', 503);
    }
  });
  app.route('/', createRunnerRoutes(context));

  app.use('*', SECURE_HEADERS);
  app.route('/', createSignInRoutes(context, hosts));
  app.use('*', guardOperator({ context, hosts, limit, operatorTokenHash, organisation: organisation.id }));
  app.route('/api', createOperatorRoutes(context, options));
  app.route('/', createServedUi(options.uiDirectory));
  return app;
};
