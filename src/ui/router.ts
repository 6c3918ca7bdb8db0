import { signal } from './preact.ts';
import { readRoute, toAddress, type Route } from './route.ts';

const read = (): Route => readRoute(location.pathname, location.search);

/** Where the page stands now. Changed only by `goTo` and the browser's own buttons. */
export const route = signal<Route>(read());

export const goTo = (to: Route, how: 'push' | 'replace' = 'push'): void => {
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', toAddress(to));
  route.value = to;
};

/** Makes plain clicks on our own links navigate without a reload; all other clicks stay the browser's. */
export const startRouter = (): void => {
  addEventListener('popstate', () => (route.value = read()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || !isPlain || event.defaultPrevented || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
    event.preventDefault();
    goTo(readRoute(url.pathname, url.search));
    if (route.value.page !== 'pipeline') scrollTo(0, 0);
  });
};
