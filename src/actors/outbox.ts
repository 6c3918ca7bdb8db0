import type { AttemptApi } from '../io/api.ts';
import type { Clock } from '../io/clock.ts';
import type { Journal } from '../io/disk/journal.ts';
import type { AttemptEvent, StampedEvent } from '../protocol/attempt.ts';
import { isOver } from './is-over.ts';
import { maskTexts } from './mask-texts.ts';
import { pauseAfterMs } from './pause-after.ts';

/** Events of an attempt on their way to the control plane: journalled before they are sent, in order, once. */
export interface Outbox {
  tell(event: AttemptEvent, origin?: string): void;
  /** How many have been told with this origin, in earlier lives too. */
  toldBy(origin: string): number;
  readonly count: number;
  /** The control plane has events below `seq` only: what follows is sent again. */
  rewind(seq: number): void;
  /** Resolves when everything told so far was taken, with how many that were; throws what the control plane says against it. */
  flush(): Promise<number>;
  /** The attempt is over at the control plane: what is told from now on would only be kept there as evidence. */
  close(): void;
  /** Sends as they come, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}
/** As it stands in the journal. */
export type JournalledEvent = StampedEvent & { origin?: string };

/** Between two batches while the job runs; what comes meanwhile goes with the next. */
const PAUSE_MS = 100;
const BATCH = 1000;

export const createOutbox = (options: {
  api: AttemptApi;
  clock: Clock;
  journal: Journal;
  /** Events of earlier lives, from the journal. */
  earlier: readonly JournalledEvent[];
  /** Last word on every text that leaves. */
  mask: (text: string) => string;
}): Outbox => {
  const { api, clock, journal } = options;
  const events: StampedEvent[] = options.earlier.map(({ seq, at, event }) => ({ seq, at, event }));
  const origins = new Map<string, number>();
  for (const { origin } of options.earlier) if (origin) origins.set(origin, (origins.get(origin) ?? 0) + 1);
  let next = 0;
  let sending: Promise<void> | null = null;
  let isClosed = false;
  let wake: () => void = () => {};

  const sendBatch = async (): Promise<void> => {
    const batch = events.slice(next, next + BATCH);
    await journal.barrier();
    next = (await api.sendEvents(batch)).next;
  };
  const flush = async (): Promise<number> => {
    // What is told meanwhile is not waited for: on a slow line that would have no end.
    const all = events.length;
    while (next < all) {
      sending ??= sendBatch().finally(() => (sending = null));
      await sending;
    }
    return all;
  };

  return {
    tell: (event, origin) => {
      if (isClosed) return;
      const stamped = { seq: events.length, at: clock.now(), event: maskTexts(event, options.mask) };
      events.push(stamped);
      if (origin) origins.set(origin, (origins.get(origin) ?? 0) + 1);
      journal.append({ kind: 'mark', at: stamped.at, mark: 'events', data: { ...stamped, ...(origin && { origin }) } });
      wake();
    },
    toldBy: (origin) => origins.get(origin) ?? 0,
    get count() {
      return events.length;
    },
    rewind: (seq) => {
      next = Math.min(next, seq);
    },
    flush,
    close: () => {
      isClosed = true;
    },
    run: async (signal) => {
      let misses = 0;
      while (!signal.aborted) {
        if (next >= events.length) {
          await new Promise<void>((resolve) => {
            wake = () => {
              signal.removeEventListener('abort', wake);
              resolve();
            };
            signal.addEventListener('abort', wake, { once: true });
          });
        }
        await clock.wait(misses === 0 ? PAUSE_MS : pauseAfterMs(misses), signal);
        if (signal.aborted) return;
        try {
          await flush();
          misses = 0;
        } catch (error) {
          if (isOver(error)) return;
          misses += 1;
        }
      }
    },
  };
};
