import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Logs } from '../context.ts';
import { createOpenFiles } from './open-files.ts';

const MAX_OPEN_FILES = 64;
const DIGEST_CHUNK_BYTES = 1024 * 1024;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** Reads until `buffer` is full or the file ends. */
const readFully = async (file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> => {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
};

/**
 * Files `<directory>/<organisation>/<attempt>.log`. They are not synced: what a power cut takes from a file's end reads as
 * NULs afterwards, and the log's digest tells; what a crash of this process leaves is whole.
 */
export const createLogs = (directory: string): Logs & { close(): Promise<void> } => {
  const files = createOpenFiles(MAX_OPEN_FILES);
  const toPath = (organisation: string, attempt: string): string => {
    if (!/^\w+$/.test(organisation) || !/^[\w.]+$/.test(attempt))
      throw new SignalboxError('NOT_FOUND', { thing: 'log', id: attempt });
    return join(directory, organisation, `${attempt}.log`);
  };
  /** A log that nobody wrote yet is empty. */
  const useExisting = <T>(path: string, use: (file: FileHandle) => Promise<T>, empty: T): Promise<T> =>
    files.use(path, false, use).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return empty;
      throw error;
    });

  return {
    append: async (organisation, attempt, offset, bytes) => {
      try {
        await files.use(toPath(organisation, attempt), true, async (file) => {
          // One call writes all, unless the disk is nearly full: then the next one says so.
          for (let done = 0; done < bytes.length;)
            done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
        });
      } catch (error) {
        throw hasCode(error, 'ENOSPC') ? new SignalboxError('DISK_FULL', { path: directory }, { cause: error }) : error;
      }
    },
    read: (organisation, attempt, offset, maxBytes) =>
      useExisting<Uint8Array>(
        toPath(organisation, attempt),
        async (file) => {
          const left = Math.max(0, (await file.stat()).size - offset);
          return readFully(file, Buffer.allocUnsafe(Math.min(maxBytes, left)), offset);
        },
        new Uint8Array(0),
      ),
    digest: async (organisation, attempt, bytes) => {
      const hash = createHash('sha256');
      await useExisting<void>(
        toPath(organisation, attempt),
        async (file) => {
          const buffer = Buffer.allocUnsafe(Math.min(bytes, DIGEST_CHUNK_BYTES));
          for (let at = 0; at < bytes;) {
            const part = await readFully(file, buffer.subarray(0, Math.min(buffer.length, bytes - at)), at);
            if (part.length === 0) break;
            hash.update(part);
            at += part.length;
          }
        },
        undefined,
      );
      return hash.digest('hex');
    },
    close: files.close,
  };
};
