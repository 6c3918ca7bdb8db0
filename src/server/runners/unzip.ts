import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SignalboxError } from '../../protocol/errors.ts';

const unpack = promisify(gunzip);

/** Gzipped bytes → plain ones. Throws `TOO_LARGE` where they would become more than `maxBytes`. */
export const unzip = async (bytes: Uint8Array, maxBytes: number, thing: string): Promise<Uint8Array> => {
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    if (isTooLarge) throw new SignalboxError('TOO_LARGE', { thing, size: `more than ${maxBytes}`, limit: maxBytes });
    throw new SignalboxError('REQUEST_INVALID', { problem: 'the body is not gzip' });
  }
};
