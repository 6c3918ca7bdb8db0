import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBox } from '../../../src/server/store/box.ts';

let folder: string;
let keyFile: string;
const open = () => createBox(keyFile, randomBytes);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-box-'));
  keyFile = join(folder, 'keys/data.key');
});
afterEach(() => rm(folder, { recursive: true }));

test.each([0, 1, 15, 16, 17, 100_000])('%i bytes come back as they were', async (size) => {
  const box = await open();
  const plain = randomBytes(size);
  const sealed = box.seal(plain);
  expect(Buffer.compare(box.open(sealed), plain)).toBe(0);
  if (size > 8) expect(Buffer.from(sealed).includes(plain)).toBe(false);
});

test('what one process sealed, the next one opens', async () => {
  const sealed = (await open()).seal(Buffer.from('secret'));
  expect(Buffer.from((await open()).open(sealed)).toString()).toBe('secret');
});

test('the same bytes are never sealed the same twice', async () => {
  const box = await open();
  expect(Buffer.compare(box.seal(Buffer.from('secret')), box.seal(Buffer.from('secret')))).not.toBe(0);
});

test('altered ciphertext is refused, whichever byte it is', async () => {
  const box = await open();
  const sealed = box.seal(Buffer.from('secret'));
  for (let index = 0; index < sealed.length; index += 1) {
    const altered = Uint8Array.from(sealed);
    altered[index]! ^= 1;
    expect(() => box.open(altered), `byte ${index}`).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }));
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => box.open(sealed.subarray(0, length)), `${length} bytes`).toThrow(
      expect.objectContaining({ code: 'DATA_DAMAGED' }),
    );
});

test('what another key sealed is refused', async () => {
  const sealed = (await open()).seal(Buffer.from('secret'));
  await rm(keyFile);
  const other = await open();
  expect(() => other.open(sealed)).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }));
});

test('the key and its folder are for the owner alone', async () => {
  await open();
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
});

test.each(['database', 'blobs'])('a missing key beside %s is an error, and no new one is made', async (name) => {
  await mkdir(join(folder, name));
  await expect(open()).rejects.toMatchObject({ code: 'KEY_MISSING', details: { path: keyFile } });
  await expect(readFile(keyFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a key file that holds no key is a sentence', async () => {
  await open();
  await writeFile(keyFile, 'hello\n');
  await expect(open()).rejects.toMatchObject({ code: 'DATA_DAMAGED', details: { path: keyFile } });
});
