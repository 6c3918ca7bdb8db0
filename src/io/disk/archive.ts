import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarPacker, type TarHeader, type TarPackController } from 'modern-tar';
import { unpackTar } from 'modern-tar/fs';
import { SignalboxError } from '../../protocol/errors.ts';
import { isNoSpace } from './no-space.ts';

/** One thing to pack. `path` is its name in the archive: relative, with `/`, never leading out. */
export type ArchiveEntry =
  | { type: 'file'; path: string; source: string; isExecutable: boolean }
  | { type: 'link'; path: string; to: string }
  | { type: 'directory'; path: string };

export interface Archive {
  sha256: string;
  size: number;
}

/** Bytes that an archive may unpack to: a bomb is refused before it fills a disk. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3;
/** Files up to this size are read in one go; larger ones are streamed. */
const SMALL_BYTES = 1024 ** 2;
/** What tells one tree from another is kept; who packed it, and when, is not. */
const NOBODY = { mtime: new Date(0), uid: 0, gid: 0 };

const isOutside = (path: string): boolean => path === '..' || path.startsWith('../') || posix.isAbsolute(path);
const linkLeadsOut = (path: string, to: string): boolean =>
  posix.isAbsolute(to) || isOutside(posix.join(posix.dirname(path), to));

const addFile = async (controller: TarPackController, path: string, source: string, mode: number): Promise<void> => {
  const handle = await open(source, 'r');
  try {
    const { size: told } = await handle.stat();
    const small = told <= SMALL_BYTES ? await handle.readFile() : null;
    const size = small?.length ?? told;
    const writer = controller.add({ name: path, type: 'file', size, mode, ...NOBODY }).getWriter();
    if (small !== null && size > 0) await writer.write(small);
    if (small === null) {
      // Exactly the announced bytes: a file that grows meanwhile must not damage the archive.
      const stream = createReadStream(source, {
        fd: handle,
        autoClose: false,
        end: size - 1,
        highWaterMark: SMALL_BYTES,
      });
      for await (const chunk of stream as AsyncIterable<Uint8Array>) await writer.write(chunk);
    }
    await writer.close();
  } finally {
    await handle.close();
  }
};

const addEntry = async (controller: TarPackController, entry: ArchiveEntry): Promise<void> => {
  const { path } = entry;
  if (isOutside(posix.normalize(path)))
    throw new SignalboxError('ARCHIVE_REFUSED', { archive: path, problem: 'the name leads out of it' });
  if (entry.type === 'file') return addFile(controller, path, entry.source, entry.isExecutable ? 0o755 : 0o644);
  if (entry.type === 'directory') {
    return controller.add({ name: `${path}/`, type: 'directory', size: 0, mode: 0o755, ...NOBODY }).close();
  }
  if (linkLeadsOut(path, entry.to)) throw new SignalboxError('LINK_OUTSIDE', { path, root: 'the archive' });
  return controller.add({ name: path, type: 'symlink', linkname: entry.to, size: 0, mode: 0o777, ...NOBODY }).close();
};

/** Counts what passes; `check` may throw. */
const tap = (check: (total: number, chunk: Uint8Array) => void): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      total += chunk.length;
      try {
        check(total, chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
};

/**
 * Packs `entries` into the gzipped tar `destination`. The same tree gives the same bytes, whoever packs it and when:
 * sorted by name, no times, no owners, modes 0644 and 0755 only. Throws `TOO_LARGE` past `maxBytes`; then nothing is left.
 */
export const packDirectory = async (
  entries: readonly ArchiveEntry[],
  destination: string,
  options: { maxBytes?: number } = {},
): Promise<Archive> => {
  const { maxBytes = Infinity } = options;
  const hash = createHash('sha256');
  let size = 0;
  const measure = tap((total, chunk) => {
    if (total > maxBytes)
      throw new SignalboxError('TOO_LARGE', { thing: destination, size: `over ${maxBytes}`, limit: maxBytes });
    size = total;
    hash.update(chunk);
  });
  const { readable, controller } = createTarPacker();
  const feed = async () => {
    const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
    for (const entry of sorted) await addEntry(controller, entry);
    controller.finalize();
  };
  const feeding = feed().catch((error: unknown) => {
    controller.error(error);
    throw error;
  });
  const writing = pipeline(
    Readable.fromWeb(readable),
    createGzip(),
    measure,
    createWriteStream(destination, { mode: 0o600 }),
  );
  const [written, fed] = await Promise.allSettled([writing, feeding]);
  const failed = [written, fed].find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await rm(destination, { force: true });
    throw failed.reason;
  }
  return { sha256: hash.digest('hex'), size };
};

const checkHeader = (header: TarHeader): true => {
  const { name, type = 'file', linkname = '' } = header;
  const path = posix.normalize(name);
  if (!['file', 'directory', 'symlink', 'link'].includes(type)) throw new Error(`${name} is a ${type}`);
  if (isOutside(path)) throw new Error(`${name} leads out of the directory`);
  const leadsOut =
    type === 'symlink' ? linkLeadsOut(path, linkname) : type === 'link' && isOutside(posix.normalize(linkname));
  if (leadsOut) throw new Error(`the link ${name} leads out of the directory`);
  return true;
};

/**
 * Unpacks a gzipped tar (a path, or a stream of it) into `directory`, which is made if needed. Names and links that lead
 * out, devices, bombs and damaged archives are refused with `ARCHIVE_REFUSED`; what was written before that stays.
 */
export const unpack = async (
  source: string | Readable,
  directory: string,
  options: { maxBytes?: number } = {},
): Promise<Archive> => {
  const { maxBytes = MAX_UNPACKED_BYTES } = options;
  const hash = createHash('sha256');
  let size = 0;
  const measure = tap((total, chunk) => {
    size = total;
    hash.update(chunk);
  });
  const limit = tap((total) => {
    if (total > maxBytes) throw new Error(`it unpacks to more than ${maxBytes} bytes`);
  });
  await mkdir(directory, { recursive: true });
  // Without the archive's times (all 1970): zip tools that code runs refuse files from before 1980.
  const withoutTime = (header: TarHeader): TarHeader => {
    delete header.mtime;
    return header;
  };
  const writer = unpackTar(directory, { strict: true, filter: checkHeader, map: withoutTime });
  const bytes = typeof source === 'string' ? createReadStream(source) : source;
  try {
    await pipeline(bytes, measure, createGunzip(), limit, writer);
  } catch (error) {
    // What is wrong with the source of the bytes is not wrong with the archive.
    if (error instanceof SignalboxError) throw error;
    if (isNoSpace(error)) throw new SignalboxError('DISK_FULL', { path: directory }, { cause: error });
    const archive = typeof source === 'string' ? source : 'stream';
    throw new SignalboxError('ARCHIVE_REFUSED', { archive, problem: (error as Error).message }, { cause: error });
  }
  return { sha256: hash.digest('hex'), size };
};
