/** The names under which this control plane answers; every other one is DNS rebinding or a mistake. */
export interface ServedHosts {
  /** `host` as in the header, `port` the one that took the connection. */
  isServed(host: string, port: number): boolean;
  /** The origin of a page that may call: one of ours. */
  isOwnOrigin(origin: string, port: number): boolean;
  /** True where browsers come by https. */
  isSecure(host: string): boolean;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Loopback names with the port that listens, and the configured public addresses. */
export const createServedHosts = (publicUrls: readonly string[] = []): ServedHosts => {
  const urls = publicUrls.map((url) => new URL(url));
  const isLoopback = (host: string, port: number) =>
    LOOPBACK.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
  const isServed = (host: string, port: number) =>
    isLoopback(host.toLowerCase(), port) || urls.some((url) => url.host === host.toLowerCase());
  return {
    isServed,
    isOwnOrigin: (origin, port) =>
      urls.some((url) => url.origin === origin) ||
      (origin.startsWith('http://') && isLoopback(origin.slice('http://'.length), port)),
    isSecure: (host) => urls.some((url) => url.protocol === 'https:' && url.host === host.toLowerCase()),
  };
};
