import { useEffect, useSignal, type ReadonlySignal } from '../preact.ts';
import type { ApiError } from './api.ts';
import { watch } from './watch.ts';

export interface Live<T> {
  value: ReadonlySignal<T | null>;
  error: ReadonlySignal<ApiError | null>;
}

/** What each view showed last, so that going back shows data before it has been asked for again. */
const seen = new Map<string, unknown>();

/** Keeps a value fresh while the component is there. `ask` gets the last value, and says how long to pause after it. */
export const useLive = <T>(
  key: string,
  ask: (last: T | null, aborted: AbortSignal) => Promise<{ value: T; pauseMs: number | null }>,
): Live<T> => {
  const value = useSignal<T | null>((seen.get(key) as T | undefined) ?? null);
  const error = useSignal<ApiError | null>(null);
  useEffect(() => {
    value.value = (seen.get(key) as T | undefined) ?? null;
    error.value = null;
    let last: T | null = null;
    return watch(
      async (aborted) => {
        const answer = await ask(last, aborted);
        last = answer.value;
        seen.set(key, last);
        value.value = last;
        return answer.pauseMs;
      },
      (refused) => (error.value = refused),
    );
  }, [key]);
  return { value, error };
};
