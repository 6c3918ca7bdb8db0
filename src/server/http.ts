/** The door of hono: everything else in the control plane takes it from here. */
import type { Context as HonoContext, MiddlewareHandler } from 'hono';

export { Hono } from 'hono';
export { getCookie, setCookie } from 'hono/cookie';
export { secureHeaders } from 'hono/secure-headers';

/** Who calls, once authenticated. `actor` is what the audit says: `operator`, `browser`. */
export interface Caller {
  organisation: string;
  actor: string;
}

/** What handlers find on their context. `incoming` is there where a real socket is (serve.ts). */
export interface AppEnv {
  Bindings: { incoming?: { socket: { remoteAddress?: string; localPort?: number } } };
  Variables: { caller: Caller };
}
export type Context = HonoContext<AppEnv>;
export type Middleware = MiddlewareHandler<AppEnv>;
