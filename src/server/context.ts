import type { Readable } from 'node:stream';
import type { Clock } from '../io/clock.ts';
import type { Ids } from '../io/ids.ts';
import type { Logger } from '../io/logger.ts';
import type { Store } from './store/store.ts';

/** Encryption at rest: AES-256-GCM under the key file that lies apart from the data. */
export interface Box {
  seal(plain: Uint8Array): Uint8Array;
  /** Throws `DATA_DAMAGED` where the bytes were altered. */
  open(sealed: Uint8Array): Uint8Array;
}

/** Content-addressed files beside the database, encrypted. Rows in `blob` are written by the caller. */
export interface Blobs {
  /** Streams to disk, hashing; throws `DIGEST_MISMATCH`, `TOO_LARGE`. A blob that is there already is a no-op. Durable when it returns. */
  put(organisation: string, sha256: string, body: Readable | Uint8Array, maxBytes: number): Promise<{ size: number }>;
  /** Throws `NOT_FOUND`. */
  read(organisation: string, sha256: string): Promise<Uint8Array>;
  has(organisation: string, sha256: string): Promise<boolean>;
}

/** Append-only log files, one per attempt (masked bytes). */
export interface Logs {
  /** Writes at `offset` exactly; `offset` must be the file's length (the row's `log_bytes`) or the write is a repetition. */
  append(organisation: string, attempt: string, offset: number, bytes: Uint8Array): Promise<void>;
  read(organisation: string, attempt: string, offset: number, maxBytes: number): Promise<Uint8Array>;
  /** SHA-256 of the first `bytes` bytes. */
  digest(organisation: string, attempt: string, bytes: number): Promise<string>;
}

/** Who waits for what: woken by NOTIFY, from this process or another replica. */
export interface Wake {
  /** Resolves when `topic` is woken, after `waitMs`, or on abort; true = woken. Subscribe before looking, so that nothing is missed. */
  wait(topic: string, waitMs: number, signal?: AbortSignal): Promise<boolean>;
}
/** Topics, also the NOTIFY payloads on channel `signalbox`. */
export const topics = {
  /** A job of this organisation became ready, or a command was written. */
  runners: (organisation: string) => `runners:${organisation}`,
  pipeline: (pipeline: string) => `pipeline:${pipeline}`,
  log: (job: string) => `log:${job}`,
};
export const CHANNEL = 'signalbox';

/** Everything the doors of the control plane share. */
export interface ServerContext {
  store: Store;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  box: Box;
  blobs: Blobs;
  logs: Logs;
  wake: Wake;
  limits: { maxBlobBytes: number; maxStateBytes: number; maxLogChunkBytes: number };
  timers: {
    offerMs: number;
    leaseMs: number;
    renewMs: number;
    pollHoldMs: number;
    tickMs: number;
    /**
     * How long after its lease an attempt of that effect is given up. `irreversible` counts from the first permit on, and then it
     * is declared to need reconciliation; before, nothing irreversible has begun and the attempt is lost like an idempotent one.
     */
    lostMs: { read: number; idempotent: number; irreversible: number };
  };
}
