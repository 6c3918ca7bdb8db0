import { useEffect } from './preact.ts';

export type Keys = Record<string, () => void>;
const active: Keys[] = [];
let before = '';

/** `f`, `/`, `Enter`, or two keys one after the other: `g p`. Nothing while somebody types or holds a modifier. */
const press = (event: KeyboardEvent): void => {
  const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  // Enter and Space belong to what has the focus.
  if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.matches('a, button')) return;
  const pair = `${before} ${event.key}`;
  before = event.key;
  for (const keys of active.toReversed()) {
    const act = keys[pair] ?? keys[event.key];
    if (act === undefined) continue;
    event.preventDefault();
    return act();
  }
};

export const startKeys = (): void => document.addEventListener('keydown', press);

/** Keys that work while the component is there; the newest component wins. */
export const useKeys = (keys: Keys): void => {
  useEffect(() => {
    active.push(keys);
    return () => void active.splice(active.indexOf(keys), 1);
  });
};
