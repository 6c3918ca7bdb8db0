import type { AttemptApi } from '../io/api.ts';
import type { Clock } from '../io/clock.ts';
import type { Masker } from '../io/mask.ts';
import { isOver } from './is-over.ts';
import type { LogSegment } from './log-segment.ts';
import { pauseAfterMs } from './pause-after.ts';
import { createSlabs } from './slabs.ts';

/**
 * The log of an attempt: a pure function of its segments (lines of our own, and the files of its steps), masked last.
 * It reads, renders and masks as the files grow, keeps at most two slabs in memory, and sends by offset. A new life computes
 * everything again from the start and sends what the control plane does not have.
 */
export interface LogPump {
  /** Adds a segment behind those before. */
  add(segment: LogSegment): void;
  /** Resolves when all segments so far were read to their ends. */
  drained(): Promise<void>;
  /** Resolves when every byte so far was taken; throws what the control plane says against it. */
  flush(): Promise<void>;
  /** The control plane has bytes below `offset` only: what follows is read and sent again. */
  rewind(offset: number): void;
  readonly bytes: number;
  /** SHA-256 of all bytes; take it once, after `drained`. */
  digest(): string;
  run(signal: AbortSignal): Promise<void>;
}

const SLAB_BYTES = 1 << 20;
/** Between two sends of a log that trickles. */
const PAUSE_MS = 40;

export const createLogPump = (options: {
  api: AttemptApi;
  clock: Clock;
  masker: Masker;
  createHash: () => { update(bytes: Uint8Array): void; digest(): string };
  /** The journal's: a later life says the same lines only where they are on the disk before they are sent. */
  barrier?: () => Promise<void>;
}): LogPump => {
  const { api, clock } = options;
  const segments: LogSegment[] = [];
  const slabs = createSlabs(SLAB_BYTES);
  let produced = 0;
  let taken = 0;
  let skip = 0;
  let isGone = false;
  let readTo = 0;
  /** Aborted by output, which is sent at once; lines of our own wait for more. */
  let urgent = new AbortController();
  let hash = options.createHash();
  let digest: string | null = null;
  let reading = new AbortController();
  /** How many wait for the end of what was read so far: nothing is held back then. */
  let hurried = 0;
  let pause = new AbortController();
  const waiters = new Set<() => void>();
  const changed = () => {
    for (const waiter of Array.from(waiters)) waiter();
  };
  const until = async (isTrue: () => boolean, signal?: AbortSignal): Promise<void> => {
    while (!isTrue() && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const go = () => {
          waiters.delete(go);
          signal?.removeEventListener('abort', go);
          resolve();
        };
        waiters.add(go);
        signal?.addEventListener('abort', go, { once: true });
      });
    }
  };
  const held = () => produced - taken;

  const put = async (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    // After a rewind the reading before it may still have a piece in hand.
    if (bytes.length === 0 || signal.aborted) return;
    hash.update(bytes);
    produced += bytes.length;
    if (!isGone) slabs.add(bytes);
    else taken = produced;
    changed();
    await until(() => held() < 2 * SLAB_BYTES || isGone, signal);
  };

  /** Reads every segment again, and sends from `offset`: the control plane lost bytes that it had acknowledged. */
  const rewind = (offset: number): void => {
    reading.abort();
    [produced, taken, readTo, skip] = [0, 0, 0, offset];
    slabs.clear();
    digest = null;
    hash = options.createHash();
  };

  const produceForEver = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      reading = new AbortController();
      await produce(AbortSignal.any([signal, reading.signal]));
    }
  };
  const produce = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await until(() => segments.length > readTo, signal);
      const segment = segments[readTo];
      if (!segment || signal.aborted) return;
      const masker = options.masker.fresh();
      await segment.read(async (bytes) => {
        if (segment.isOutput) urgent.abort();
        await put(masker.push(bytes), signal);
      }, signal);
      if (signal.aborted) return;
      await put(masker.end(), signal);
      readTo += 1;
      changed();
    }
  };

  const drop = (upTo: number): void => {
    slabs.drop(upTo - taken);
    taken = upTo;
    changed();
  };
  let sending: Promise<void> | null = null;
  const sendOnce = async (): Promise<void> => {
    if (skip > taken) drop(Math.min(skip, produced));
    if (held() === 0 || isGone) return;
    const [from, bytes] = [taken, slabs.first()];
    // On a full disk the log goes on: where a later life says other lines, the digest tells.
    await options.barrier?.().catch(() => {});
    const wanted = await api.appendLog(from, bytes);
    if (wanted > taken) {
      drop(Math.min(wanted, produced));
      skip = Math.max(skip, wanted);
    } else if (wanted < taken) rewind(wanted);
  };
  const flush = async (): Promise<void> => {
    while (held() > 0 && !isGone) {
      sending ??= sendOnce().finally(() => (sending = null));
      await sending;
    }
  };

  const ship = async (signal: AbortSignal): Promise<void> => {
    let misses = 0;
    while (!signal.aborted) {
      await until(() => held() > 0 && !isGone, signal);
      if (misses > 0) await clock.wait(pauseAfterMs(misses), signal);
      else if (!urgent.signal.aborted) await clock.wait(PAUSE_MS, AbortSignal.any([signal, urgent.signal]));
      const hadOutput = urgent.signal.aborted;
      urgent = new AbortController();
      if (signal.aborted) return;
      try {
        await flush();
        misses = 0;
        // A step that still runs needs the processor more than its log does.
        if (hadOutput && hurried === 0) await clock.wait(PAUSE_MS, AbortSignal.any([signal, pause.signal]));
      } catch (error) {
        if (isOver(error)) {
          isGone = true;
          slabs.clear();
          taken = produced;
          changed();
          return;
        }
        misses += 1;
      }
    }
  };

  return {
    add: (segment) => {
      segments.push(segment);
      changed();
    },
    drained: async () => {
      hurried += 1;
      pause.abort();
      await until(() => readTo === segments.length);
      hurried -= 1;
      if (hurried === 0) pause = new AbortController();
    },
    rewind: (offset) => {
      if (offset < taken) rewind(offset);
    },
    flush,
    get bytes() {
      return produced;
    },
    digest: () => (digest ??= hash.digest()),
    run: async (signal) => {
      await Promise.all([produceForEver(signal), ship(signal)]);
    },
  };
};
