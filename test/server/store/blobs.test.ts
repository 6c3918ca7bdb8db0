import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Blobs } from '../../../src/server/context.ts';
import { createBlobs } from '../../../src/server/store/blobs.ts';
import { createBox } from '../../../src/server/store/box.ts';

const CHUNK = 256 * 1024;
const LIMIT = 64e6;

let folder: string;
let directory: string;
let blobs: Blobs;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-blobs-'));
  directory = join(folder, 'blobs');
  blobs = createBlobs(directory, await createBox(join(folder, 'keys/data.key'), randomBytes));
});
afterEach(() => rm(folder, { recursive: true }));

const toDigest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const listFiles = async () =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
/** In pieces that fit no chunk. */
const toStream = (bytes: Buffer, pieceBytes = 70_001) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
  );
const put = async (plain: Buffer) => {
  const sha256 = toDigest(plain);
  await blobs.put('org_1', sha256, plain, LIMIT);
  const [path] = await listFiles();
  return { sha256, path: path!, file: await readFile(path!) };
};

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1_000_000])(
  'a blob of %i bytes comes back as it was',
  async (size) => {
    const plain = randomBytes(size);
    const sha256 = toDigest(plain);
    expect(await blobs.put('org_1', sha256, toStream(plain), LIMIT)).toEqual({ size });
    expect(Buffer.compare(await blobs.read('org_1', sha256), plain)).toBe(0);
    expect(await blobs.has('org_1', sha256)).toBe(true);
    expect(await blobs.put('org_1', sha256, toStream(plain), LIMIT)).toEqual({ size });
    expect(await listFiles()).toHaveLength(1);
  },
);

test('the plain bytes are nowhere on disk', async () => {
  const { file } = await put(Buffer.from('the password is hunter2'.repeat(1000)));
  expect(file.includes('hunter2')).toBe(false);
});

test('a blob whose digest differs leaves nothing behind', async () => {
  const sha256 = toDigest(Buffer.from('announced'));
  for (const body of [Buffer.from('sent'), toStream(randomBytes(CHUNK * 2 + 5))])
    await expect(blobs.put('org_1', sha256, body, LIMIT)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  expect(await listFiles()).toEqual([]);
  expect(await blobs.has('org_1', sha256)).toBe(false);
});

test('a blob over the limit is refused before it is all read, and its stream stays usable', async () => {
  let asked = 0;
  const endless = new Readable({
    read() {
      asked += 1;
      this.push(Buffer.alloc(CHUNK));
    },
  });
  await expect(blobs.put('org_1', 'a'.repeat(64), endless, CHUNK * 2)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(asked).toBeLessThan(10);
  expect(endless.destroyed).toBe(false);
  expect(await listFiles()).toEqual([]);
  endless.destroy();
});

test('a stream that breaks leaves nothing behind', async () => {
  const broken = Readable.from(
    (async function* () {
      yield randomBytes(CHUNK * 2);
      throw new Error('connection reset');
    })(),
  );
  await expect(blobs.put('org_1', 'a'.repeat(64), broken, LIMIT)).rejects.toThrow('connection reset');
  expect(await listFiles()).toEqual([]);
});

test('the same blob put by several at once is there once', async () => {
  const plain = randomBytes(CHUNK * 2);
  const sha256 = toDigest(plain);
  await Promise.all(Array.from({ length: 5 }, () => blobs.put('org_1', sha256, toStream(plain), LIMIT)));
  expect(await listFiles()).toHaveLength(1);
  expect(Buffer.compare(await blobs.read('org_1', sha256), plain)).toBe(0);
});

test('a file that was altered, cut or reordered is refused', async () => {
  const { sha256, path, file } = await put(randomBytes(CHUNK * 3));
  const sealedChunk = file.length / 3;
  const altered = Buffer.from(file);
  altered[file.length - 1]! ^= 1;
  const reordered = Buffer.concat([
    file.subarray(sealedChunk, 2 * sealedChunk),
    file.subarray(0, sealedChunk),
    file.subarray(2 * sealedChunk),
  ]);
  const bad = {
    altered,
    reordered,
    cut: file.subarray(0, 2 * sealedChunk),
    short: file.subarray(0, 100),
    none: Buffer.alloc(0),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    await writeFile(path, bytes);
    await expect(blobs.read('org_1', sha256), what).rejects.toMatchObject({ code: 'DATA_DAMAGED' });
  }
});

test('a file in the place of another organisation or blob is refused', async () => {
  const { sha256, file } = await put(Buffer.from('of the first'));
  const folderOfSecond = join(directory, 'org_2', sha256.slice(0, 2));
  await mkdir(folderOfSecond, { recursive: true });
  await writeFile(join(folderOfSecond, sha256), file);
  await expect(blobs.read('org_2', sha256)).rejects.toMatchObject({ code: 'DATA_DAMAGED' });
});

test('a blob is found by its own organisation only', async () => {
  const { sha256 } = await put(Buffer.from('ours'));
  expect(await blobs.has('org_2', sha256)).toBe(false);
  await expect(blobs.read('org_2', sha256)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test.each(['../../etc/passwd', 'A'.repeat(64), ''])('the name %j is no blob', async (name) => {
  await expect(blobs.read('org_1', name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(blobs.put('..', 'a'.repeat(64), Buffer.alloc(0), 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what a crash left half-written is removed at the next write', async () => {
  await mkdir(join(directory, 'unfinished'), { recursive: true });
  await writeFile(join(directory, 'unfinished/old.0'), 'half');
  await put(Buffer.from('new'));
  expect(await readdir(join(directory, 'unfinished'))).toEqual([]);
});
