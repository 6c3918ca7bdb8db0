import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';

/** Bytes that one file may unpack to; the tools themselves have about 100 MB. */
const MAX_BYTES = 1024 ** 3;

const findEntry = async (zip: ZipFile, name: string): Promise<Entry> => {
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === name) return entry;
  }
  throw new Error(`it holds no file ${name}`);
};

/** Unpacks the one file `name` of a zip to `destination`, with the given mode. Checks its length; nothing else is read. */
export const unzipFile = async (archive: string, name: string, destination: string, mode: number): Promise<void> => {
  // Loaded where it is needed: most runners find their tool and never unpack one.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    const entry = await findEntry(zip, name);
    if (entry.uncompressedSize > MAX_BYTES) throw new Error(`${name} unpacks to ${entry.uncompressedSize} bytes`);
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(destination, { mode, flags: 'wx' }));
  } finally {
    zip.close();
  }
};
