import { SignalboxError } from '../protocol/errors.ts';
import { findBrowserSession } from './auth-browser.ts';
import type { ServedHosts } from './auth-hosts.ts';
import type { RateLimit } from './auth-rate-limit.ts';
import { isSameHash, toBearer } from './auth-bearer.ts';
import { hashToken } from './hash-token.ts';
import type { ServerContext } from './context.ts';
import { getCookie, type Caller, type Context, type Middleware } from './http.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** They tell nothing but `ok`; a load balancer asks by address. */
const OPEN_TO_PROBES = new Set(['/livez', '/readyz']);

const hostOf = (c: Context): string => c.req.header('host') ?? new URL(c.req.url).host;
const portOf = (c: Context): number => c.env?.incoming?.socket.localPort ?? (Number(new URL(c.req.url).port) || 80);
const addressOf = (c: Context): string => c.env?.incoming?.socket.remoteAddress ?? 'unknown';
/** Cookies do not know ports: each control plane of one host needs a name of its own. */
export const toCookieName = (c: Context): string => `signalbox-${/:(\d+)$/.exec(hostOf(c))?.[1] ?? 'public'}`;
export const isSecureHost = (c: Context, hosts: ServedHosts): boolean => hosts.isSecure(hostOf(c));

/** Refuses a name that is not ours (DNS rebinding) and a page that is not ours, before anything else is looked at. */
export const guardHost =
  (hosts: ServedHosts): Middleware =>
  async (c, next) => {
    if (OPEN_TO_PROBES.has(c.req.path)) return next();
    const port = portOf(c);
    if (!hosts.isServed(hostOf(c), port)) throw new SignalboxError('FORBIDDEN_HOST', { host: hostOf(c) });
    const origin = c.req.header('origin');
    if (origin !== undefined && !hosts.isOwnOrigin(origin, port)) {
      throw new SignalboxError('FORBIDDEN_ORIGIN', { origin });
    }
    return next();
  };

/**
 * Counts failed authentications by address. Sign-in and session start are refused while an address has too many;
 * a valid operator token or cookie always passes, so that nobody can lock the operator of the same host out.
 */
export const limitFailures =
  (limit: RateLimit): Middleware =>
  async (c, next) => {
    if (c.req.path.startsWith('/link/') || c.req.path === '/v1/sessions') limit.check(addressOf(c));
    await next();
    if (!(c.error instanceof SignalboxError) || c.error.httpStatus !== 401) return;
    const hasTried = c.req.path.startsWith('/link/') || c.req.header('authorization') || c.req.header('cookie');
    if (hasTried) limit.fail(addressOf(c));
  };

export interface OperatorGuard {
  context: ServerContext;
  hosts: ServedHosts;
  limit: RateLimit;
  operatorTokenHash: string;
  /** Whose operator the bearer is. */
  organisation: string;
}

const findCaller = async (c: Context, guard: OperatorGuard): Promise<Caller | null> => {
  const bearer = toBearer(c.req.header('authorization'));
  if (bearer !== null) {
    const isOperator = isSameHash(hashToken(bearer), guard.operatorTokenHash);
    return isOperator ? { organisation: guard.organisation, actor: 'operator' } : null;
  }
  const cookie = getCookie(c, toCookieName(c));
  if (cookie === undefined) return null;
  if (!READS.has(c.req.method) && c.req.header('origin') === undefined) {
    throw new SignalboxError('FORBIDDEN_ORIGIN', { origin: '(none named)' });
  }
  const organisation = await findBrowserSession(guard.context, cookie);
  return organisation === null ? null : { organisation, actor: 'browser' };
};

/** Everything behind it is for the operator: by bearer (command line) or cookie (browser). */
export const guardOperator =
  (guard: OperatorGuard): Middleware =>
  async (c, next) => {
    const caller = await findCaller(c, guard);
    if (!caller) {
      if (c.req.header('authorization') || c.req.header('cookie')) guard.limit.check(addressOf(c));
      throw new SignalboxError('UNAUTHENTICATED');
    }
    c.set('caller', caller);
    return next();
  };
