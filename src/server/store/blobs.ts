import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Blobs, Box } from '../context.ts';
import { createBlobChunks, toExtents, toPieces, toPlainBytes } from './blob-chunks.ts';
import { syncDirectory } from './sync-directory.ts';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

/** A stream is left open when it is refused, so that the refusal can still be answered on its connection. */
const toBytes = (body: Readable | Uint8Array): AsyncIterable<Uint8Array> =>
  body instanceof Uint8Array
    ? (async function* () {
        yield body;
      })()
    : body.iterator({ destroyOnReturn: false });

/**
 * Encrypted files `<directory>/<organisation>/<first two digits>/<sha256>`, written beside and renamed into place, so that
 * a name never stands for half a blob. The directory belongs to this process (data-directory.ts).
 */
export const createBlobs = (directory: string, box: Box): Blobs => {
  const unfinished = join(directory, 'unfinished');
  let written = 0;
  let tidied: Promise<void> | null = null;

  /** What a crash left half-written goes at the first write. */
  const tidy = async (): Promise<void> => {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
  };
  const toPath = (organisation: string, sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256) || !/^\w+$/.test(organisation))
      throw new SignalboxError('NOT_FOUND', { thing: 'blob', id: sha256 });
    return join(directory, organisation, sha256.slice(0, 2), sha256);
  };
  const readSize = async (path: string): Promise<number | null> => {
    try {
      return toPlainBytes((await stat(path)).size);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };

  const write = async (
    file: FileHandle,
    name: string,
    sha256: string,
    body: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ) => {
    const chunks = createBlobChunks(box, name);
    const hash = createHash('sha256');
    let size = 0;
    let index = 0;
    for await (const { piece, isLast } of toPieces(body)) {
      size += piece.length;
      if (size > maxBytes)
        throw new SignalboxError('TOO_LARGE', { thing: `The blob ${sha256}`, size, limit: maxBytes });
      hash.update(piece);
      const digest = isLast ? hash.digest('hex') : sha256;
      if (digest !== sha256) throw new SignalboxError('DIGEST_MISMATCH', { thing: `blob ${sha256}` });
      await file.writeFile(chunks.seal(piece, index++, isLast));
    }
    await file.sync();
    return size;
  };

  const put: Blobs['put'] = async (organisation, sha256, body, maxBytes) => {
    const path = toPath(organisation, sha256);
    const bytes = toBytes(body);
    const known = await readSize(path);
    if (known !== null) {
      // Read to its end, for the sake of the connection.
      for await (const _ of bytes);
      return { size: known };
    }
    await (tidied ??= tidy());
    const part = join(unfinished, `${sha256}.${written++}`);
    try {
      const file = await open(part, 'wx', 0o600);
      const name = `${organisation}/${sha256}`;
      const size = await write(file, name, sha256, bytes, maxBytes).finally(() => file.close());
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(part, path);
      await Promise.all([dirname(path), dirname(dirname(path)), directory].map(syncDirectory));
      return { size };
    } catch (error) {
      await rm(part, { force: true });
      throw isFull(error) ? new SignalboxError('DISK_FULL', { path: directory }, { cause: error }) : error;
    }
  };

  const read: Blobs['read'] = async (organisation, sha256) => {
    const file = await open(toPath(organisation, sha256), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new SignalboxError('NOT_FOUND', { thing: 'blob', id: sha256 }) : error;
    });
    try {
      const chunks = createBlobChunks(box, `${organisation}/${sha256}`);
      const { size } = await file.stat();
      const plain = Buffer.allocUnsafe(Math.max(0, toPlainBytes(size)));
      let at = 0;
      for (const [index, { position, length, isLast }] of toExtents(size).entries()) {
        const sealed = Buffer.allocUnsafe(length);
        await file.read(sealed, 0, length, position);
        at += Buffer.from(chunks.open(sealed, index, isLast)).copy(plain, at);
      }
      return plain;
    } finally {
      await file.close();
    }
  };

  return { put, read, has: async (organisation, sha256) => (await readSize(toPath(organisation, sha256))) !== null };
};
