import type { AttemptApi } from '../io/api.ts';
import type { Clock } from '../io/clock.ts';
import type { StateFile } from '../io/disk/state-file.ts';
import { SignalboxError, type ErrorCode } from '../protocol/errors.ts';
import type { StateHead } from '../protocol/job.ts';
import { isOver } from './is-over.ts';
import { pauseAfterMs } from './pause-after.ts';

/**
 * The state of an architecture on its way to the control plane while the tool writes it (architecture.md D8): always the newest
 * serial that parses, one in flight, intermediate ones skipped.
 */
export interface StateShipper {
  run(signal: AbortSignal): Promise<void>;
  /** Ships what is there now; the head that the control plane has then. Throws what it says against it, and silence. */
  finish(): Promise<StateHead | null>;
  /** The newest head that the control plane has, as far as is known. */
  shipped(): StateHead | null;
}

/** What a later try may find otherwise; everything else is the control plane's last word. */
export const PASSES: ReadonlySet<ErrorCode> = new Set(['CONTROL_PLANE_UNREACHABLE', 'DISK_FULL', 'STATE_UNREADABLE']);

export const createStateShipper = (options: {
  api: AttemptApi;
  clock: Clock;
  file: StateFile;
  /** What the control plane had when the job began. */
  initial: StateHead | null;
  onShipped: (head: StateHead) => void;
  onRefused: (error: SignalboxError) => void;
}): StateShipper => {
  const { api, clock, file } = options;
  let shipped = options.initial;
  let sending: Promise<void> = Promise.resolve();

  const ship = (): Promise<void> => {
    sending = sending
      .catch(() => {})
      .then(async () => {
        const state = await file.read();
        if (!state || isSame(state.head, shipped)) return;
        await api.writeState(state.head, state.bytes);
        shipped = state.head;
        options.onShipped(state.head);
      });
    return sending;
  };

  return {
    shipped: () => shipped,
    finish: async () => {
      await ship().catch((error: unknown) => {
        // Whoever wrote it was killed: the last whole version counts.
        if (!(error instanceof SignalboxError) || error.code !== 'STATE_UNREADABLE') throw error;
      });
      return shipped;
    },
    run: async (signal) => {
      let misses = 0;
      while (!signal.aborted) {
        await file.changed(shipped, signal);
        if (misses > 0) await clock.wait(pauseAfterMs(misses), signal);
        if (signal.aborted) return;
        try {
          await ship();
          misses = 0;
        } catch (error) {
          misses += 1;
          if (isOver(error)) return;
          if (error instanceof SignalboxError && !PASSES.has(error.code)) {
            options.onRefused(error);
            return;
          }
        }
      }
    },
  };
};

const isSame = (one: StateHead, other: StateHead | null): boolean =>
  other !== null && one.lineage === other.lineage && one.serial === other.serial && one.sha256 === other.sha256;
