import { describe, expect, it } from 'vitest';
import { size, toBytes } from '../../../src/io/config/size.ts';

describe('a size', () => {
  it.each([
    ['0MiB', 0],
    ['64KiB', 65_536],
    ['64 MiB', 67_108_864],
    ['2GiB', 2_147_483_648],
    ['1TiB', 2 ** 40],
  ])('%s is %d bytes', (text, bytes) => {
    expect(toBytes(text)).toBe(bytes);
    expect(size().parse(text)).toBe(bytes);
  });
  it.each(['64', '64MB', '-1MiB', '1.5GiB', '', 64])(
    '%s is none, and the sentence shows how one is written',
    (text) => {
      const { error } = size().safeParse(text);
      expect(error?.issues[0]?.message).toContain('as `64MiB`');
    },
  );
});
