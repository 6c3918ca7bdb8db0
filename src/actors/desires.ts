import type { Desired } from '../protocol/attempt.ts';

/** What the control plane wants of attempts, from whichever reply it came: told once for each change, to whoever listens. */
export interface Desires {
  hear(attempt: string, desired: Desired): void;
  listen(tell: (attempt: string, desired: 'cancel' | 'kill') => void): () => void;
  /** Tells again what was heard of an attempt: its job was not there yet when it came. */
  repeat(attempt: string): void;
  forget(attempt: string): void;
}

/** What comes late of attempts that are over would be kept for ever. */
const MAX_HEARD = 1000;

export const createDesires = (): Desires => {
  const heard = new Map<string, 'cancel' | 'kill'>();
  let tell: ((attempt: string, desired: 'cancel' | 'kill') => void) | null = null;
  return {
    hear: (attempt, desired) => {
      const before = heard.get(attempt);
      if (desired === 'run' || desired === before || before === 'kill') return;
      heard.set(attempt, desired);
      const [oldest] = heard.keys();
      if (heard.size > MAX_HEARD && oldest !== undefined) heard.delete(oldest);
      tell?.(attempt, desired);
    },
    listen: (listener) => {
      tell = listener;
      for (const [attempt, desired] of heard) listener(attempt, desired);
      return () => (tell = null);
    },
    repeat: (attempt) => {
      const desired = heard.get(attempt);
      if (desired) tell?.(attempt, desired);
    },
    forget: (attempt) => void heard.delete(attempt),
  };
};
