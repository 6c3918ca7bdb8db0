import { createHash } from 'node:crypto';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Box } from '../context.ts';
import { BOX_OVERHEAD_BYTES } from './box.ts';

const CHUNK_BYTES = 256 * 1024;
const NAME_BYTES = 32;
const HEAD_BYTES = NAME_BYTES + 4 + 1;

/** Bytes that one full chunk takes in the file; only the last chunk is shorter. */
const SEALED_CHUNK_BYTES = CHUNK_BYTES + HEAD_BYTES + BOX_OVERHEAD_BYTES;

/**
 * A blob's file is a row of boxes. Each says, sealed, whose blob it is, which chunk, and whether it is the last one:
 * a file that was cut, reordered, or put in another's place does not open.
 */
export interface BlobChunks {
  seal(piece: Uint8Array, index: number, isLast: boolean): Uint8Array;
  open(sealed: Uint8Array, index: number, isLast: boolean): Uint8Array;
}

export const createBlobChunks = (box: Box, name: string): BlobChunks => {
  const head = Buffer.alloc(HEAD_BYTES);
  createHash('sha256').update(name).digest().copy(head);
  const writeHead = (index: number, isLast: boolean): Buffer => {
    head.writeUInt32BE(index, NAME_BYTES);
    head.writeUInt8(isLast ? 1 : 0, HEAD_BYTES - 1);
    return head;
  };
  return {
    seal: (piece, index, isLast) => box.seal(Buffer.concat([writeHead(index, isLast), piece])),
    open: (sealed, index, isLast) => {
      const plain = box.open(sealed);
      if (Buffer.compare(plain.subarray(0, HEAD_BYTES), writeHead(index, isLast)) !== 0)
        throw new SignalboxError('DATA_DAMAGED', {
          path: name,
          problem: `chunk ${index} is not the one that was written`,
        });
      return plain.subarray(HEAD_BYTES);
    },
  };
};

/** Pieces of exactly `CHUNK_BYTES`, and the rest (or nothing at all) as the last one. */
export async function* toPieces(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    held.push(bytes);
    size += bytes.length;
    if (size <= CHUNK_BYTES) continue;
    let all = Buffer.concat(held);
    // One piece's worth is kept back: it may be the last.
    for (; all.length > CHUNK_BYTES; all = all.subarray(CHUNK_BYTES))
      yield { piece: all.subarray(0, CHUNK_BYTES), isLast: false };
    held = [all];
    size = all.length;
  }
  yield { piece: Buffer.concat(held), isLast: true };
}

/** Where the chunks of a file of `fileBytes` lie. */
export const toExtents = (fileBytes: number): { position: number; length: number; isLast: boolean }[] => {
  const count = Math.max(1, Math.ceil(fileBytes / SEALED_CHUNK_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const position = index * SEALED_CHUNK_BYTES;
    return { position, length: Math.min(SEALED_CHUNK_BYTES, fileBytes - position), isLast: index === count - 1 };
  });
};

/** Plain bytes in a file of `fileBytes`. */
export const toPlainBytes = (fileBytes: number): number =>
  fileBytes - toExtents(fileBytes).length * (HEAD_BYTES + BOX_OVERHEAD_BYTES);
