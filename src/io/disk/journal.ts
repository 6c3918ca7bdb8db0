import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { TraceEntry } from '../../protocol/trace.ts';
import type { Clock } from '../clock.ts';
import { isNoSpace } from './no-space.ts';

/** The append-only trace of one attempt (architecture.md D3): one JSON line an entry. */
export interface Journal {
  /**
   * Turned into text only when written, so that a field may still be filled in within the same turn. A `sealed` mark is given the
   * digest of every byte before it.
   */
  append(entry: TraceEntry): void;
  /**
   * Resolves when all that was appended before is on the disk; one write serves all who wait. Rejects with `DISK_FULL` or
   * `JOURNAL_FAILED`: then the entries are kept, and written with the next ones.
   */
  barrier(): Promise<void>;
  /** A last barrier, then no more. */
  close(): Promise<void>;
}

export interface JournalOptions {
  clock: Clock;
  /** Told once when writing begins to fail, and again only after it worked in between. */
  onError: (error: SignalboxError) => void;
  /** Told when it works again after an error that was told, and when it is closed. */
  onWell?: () => void;
}

/** Without a barrier entries are written this much later; nobody waits for them. */
const LAZY_MS = 100;
const RETRY_MS = 1000;
/** What is not known to be on the disk is kept in memory; beyond this much it is made durable without being asked. */
const MAX_UNSYNCED_BYTES = 2 ** 20;

/** Opens or begins the journal at `path`; a last line that was torn by a crash is dropped. */
export const openJournal = async (path: string, { clock, onError, onWell }: JournalOptions): Promise<Journal> => {
  const file = await openWhole(path).catch((error: unknown) => {
    throw toFailure(path, error);
  });
  let entries: TraceEntry[] = [];
  /** Lines not yet known to be on the disk; `written` bytes of them stand in the file beyond `durable`. */
  let lines: Buffer = Buffer.alloc(0);
  let written = 0;
  let durable = file.length;
  let isTorn = false;
  let isFailing = false;
  let isClosed = false;
  let timer: unknown = null;
  let flushing: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const write = async (isDurable: boolean): Promise<void> => {
    const { text, unfit } = toLines(entries, file.hash);
    entries = [];
    lines = Buffer.concat([lines, Buffer.from(text)]);
    try {
      if (isTorn) await file.handle.truncate(durable + written);
      isTorn = false;
      let at = written;
      while (at < lines.length) {
        isTorn = true;
        at += (await file.handle.write(lines, at, lines.length - at, durable + at)).bytesWritten;
      }
      isTorn = false;
      written = lines.length;
      if ((isDurable && written > 0) || written > MAX_UNSYNCED_BYTES) {
        await sync(file.handle);
        durable += written;
        written = 0;
        lines = Buffer.alloc(0);
      }
      if (unfit !== null) throw unfit;
      if (isFailing) onWell?.();
      isFailing = false;
    } catch (error) {
      const failure = toFailure(path, error);
      if (!isFailing) onError(failure);
      isFailing = true;
      later(RETRY_MS);
      throw failure;
    }
  };
  /** After a failed sync nobody knows which pages are on the disk: all since the last good one is written again. */
  const sync = async (handle: FileHandle): Promise<void> => {
    await handle.datasync().catch((error: unknown) => {
      written = 0;
      isTorn = true;
      throw error;
    });
  };

  const flush = (isDurable: boolean): Promise<void> => {
    stopTimer();
    const running = write(isDurable).finally(() => {
      if (flushing === running) flushing = null;
    });
    flushing = running;
    return running;
  };
  const later = (ms: number) => {
    if (timer !== null || isClosed) return;
    timer = clock.setTimeout(() => {
      timer = null;
      if (flushing !== null) later(ms);
      else if (next === null) void flush(false).catch(() => undefined);
    }, ms);
  };
  const stopTimer = () => {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
  };
  const barrier = (): Promise<void> => {
    // Whoever comes while a write runs shares the next one.
    next ??= (async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await flushing?.catch(() => undefined);
      next = null;
      await flush(true);
    })();
    return next;
  };

  return {
    append: (entry) => {
      entries.push(entry);
      later(LAZY_MS);
    },
    barrier,
    close: async () => {
      isClosed = true;
      try {
        await barrier();
      } finally {
        stopTimer();
        if (isFailing) onWell?.();
        await file.handle.close();
      }
    },
  };
};

/** `unfit`: why an entry could not be written as JSON; the others are none the worse for it. */
const toLines = (entries: readonly TraceEntry[], hash: Hash): { text: string; unfit: unknown } => {
  let text = '';
  let hashed = 0;
  const take = () => {
    hash.update(text.slice(hashed));
    hashed = text.length;
  };
  let unfit: unknown = null;
  for (const entry of entries) {
    try {
      if (entry.kind === 'mark' && entry.mark === 'sealed') {
        take();
        text += `${JSON.stringify({ ...entry, data: { ...asRecord(entry.data), sha256: hash.copy().digest('hex') } })}\n`;
      } else {
        text += `${JSON.stringify(entry)}\n`;
      }
    } catch (error) {
      unfit = error;
    }
  }
  take();
  return { text, unfit };
};

const asRecord = (data: unknown): object => (typeof data === 'object' && data !== null ? data : {});

const openWhole = async (path: string): Promise<{ handle: FileHandle; length: number; hash: Hash }> => {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = await handle.stat();
    const length = await findEnd(handle, size);
    if (length < size) await handle.truncate(length);
    if (size === 0) await syncFolder(dirname(path));
    return { handle, length, hash: await hashOf(path, length) };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** What earlier lives wrote, as far as it is whole. */
const hashOf = async (path: string, length: number): Promise<Hash> => {
  const hash = createHash('sha256');
  if (length > 0) for await (const bytes of createReadStream(path, { end: length - 1 })) hash.update(bytes);
  return hash;
};

/** Behind the last newline. */
const findEnd = async (handle: FileHandle, size: number): Promise<number> => {
  const block = Buffer.alloc(65_536);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const newline = block.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
};

/** A new file is only there for good once its folder is. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
};

const toFailure = (path: string, error: unknown): SignalboxError => {
  if (isNoSpace(error)) return new SignalboxError('DISK_FULL', { path }, { cause: error });
  const problem = error instanceof Error ? error.message : String(error);
  return new SignalboxError('JOURNAL_FAILED', { path, problem }, { cause: error });
};
