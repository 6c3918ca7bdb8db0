import { signal } from './preact.ts';

/** The browser's door for time: the present second, and waits that end early when aborted. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);

/** A moment as machines and as people here write it. */
export const toMoment = (at: number): { iso: string; local: string } => {
  const date = new Date(at);
  return { iso: date.toISOString(), local: date.toLocaleString() };
};

export const wait = (ms: number, aborted: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (aborted.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      aborted.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    aborted.addEventListener('abort', done, { once: true });
  });

/** Aborts when `outer` does, or after `ms`: a reply that never comes must not be waited for for ever. */
export const within = (ms: number, outer: AbortSignal): AbortSignal =>
  AbortSignal.any([outer, AbortSignal.timeout(ms)]);
