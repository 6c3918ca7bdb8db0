import { describe, expect, it } from 'vitest';
import { readByteRange } from '../../../src/server/operator/byte-range.ts';

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-0', 10, { from: 0, to: 0 }],
    ['bytes=2-5', 10, { from: 2, to: 5 }],
    ['bytes=2-', 10, { from: 2, to: 9 }],
    ['bytes=2-500', 10, { from: 2, to: 9 }],
    ['bytes=-3', 10, { from: 7, to: 9 }],
    ['bytes=-30', 10, { from: 0, to: 9 }],
  ])('%s of %i bytes is exact', (header, total, range) => expect(readByteRange(header, total)).toEqual(range));

  it.each([
    ['bytes=10-', 10],
    ['bytes=0-0', 0],
    ['bytes=-5', 0],
    ['bytes=-0', 10],
  ])('%s of %i bytes is not there', (header, total) => expect(readByteRange(header, total)).toBeNull());

  it.each([undefined, '', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b'])(
    '%s is not one range, and is ignored',
    (header) => expect(readByteRange(header, 10)).toBeUndefined(),
  );
});
