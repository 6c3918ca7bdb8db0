import { crc32 } from 'node:zlib';

const numbers = (...pairs: [bytes: 2 | 4, value: number][]): Buffer =>
  Buffer.concat(
    pairs.map(([bytes, value]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );

/** A zip with one stored file, written by hand: no zip program is needed to test with. */
export const makeZip = (name: string, content: string | Uint8Array): Buffer => {
  const body = Buffer.from(content);
  const fields = numbers(
    [2, 20],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 33],
    [4, crc32(body)],
    [4, body.length],
    [4, body.length],
    [2, name.length],
  );
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, numbers([2, 0]), Buffer.from(name), body]);
  const rest = numbers([2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, 0]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), numbers([2, 20]), fields, rest, Buffer.from(name)]);
  const end = numbers([2, 0], [2, 0], [2, 1], [2, 1], [4, central.length], [4, local.length], [2, 0]);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
};
