import { createCipheriv, createDecipheriv } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Box } from '../context.ts';
import { syncDirectory } from './sync-directory.ts';

type RandomBytes = (size: number) => Uint8Array;

const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;

/** What sealing adds: a version, a nonce, a tag. */
export const BOX_OVERHEAD_BYTES = HEAD_BYTES + TAG_BYTES;

/** Durable before anything is sealed with it. */
const writeKey = async (path: string, key: Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(key).toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
  await syncDirectory(dirname(dirname(path)));
};

const readKey = async (path: string): Promise<Uint8Array> => {
  const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new SignalboxError('DATA_DAMAGED', { path, problem: `it does not hold a key of ${KEY_BYTES} bytes` });
};

/** The key lies in `<data>/keys/`; these lie beside that folder, once there is something to read with it. */
const hasDataBeside = (keyFile: string): boolean =>
  ['database', 'blobs'].some((name) => existsSync(join(dirname(dirname(keyFile)), name)));

/**
 * AES-256-GCM under the key in `keyFile`: version, nonce, ciphertext, tag. The key is made where there is no data yet;
 * where there is, a missing key is `KEY_MISSING`, for a new one could not read it.
 */
export const createBox = async (
  keyFile: string,
  randomBytes: RandomBytes,
  hasData = hasDataBeside(keyFile),
): Promise<Box> => {
  if (!existsSync(keyFile)) {
    if (hasData) throw new SignalboxError('KEY_MISSING', { path: keyFile });
    await writeKey(keyFile, randomBytes(KEY_BYTES));
  }
  const key = await readKey(keyFile);
  const damaged = (cause?: unknown) =>
    new SignalboxError(
      'DATA_DAMAGED',
      { path: 'at rest', problem: 'encrypted bytes were altered, or sealed with another key' },
      { cause },
    );
  return {
    seal: (plain) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = cipher.update(plain);
      cipher.final();
      return Buffer.concat([Uint8Array.of(VERSION), nonce, body, cipher.getAuthTag()]);
    },
    open: (sealed) => {
      if (sealed.length < BOX_OVERHEAD_BYTES || sealed[0] !== VERSION) throw damaged();
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEAD_BYTES));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      try {
        const plain = decipher.update(sealed.subarray(HEAD_BYTES, sealed.length - TAG_BYTES));
        decipher.final();
        return plain;
      } catch (error) {
        throw damaged(error);
      }
    },
  };
};
