import { describe, expect, it } from 'vitest';
import { createLinePrinter } from '../../../src/cli/follow/line-printer.ts';

const print = (chunks: readonly (string | number[])[]): string[] => {
  const printed: string[] = [];
  const printer = createLinePrinter((text) => printed.push(text));
  for (const chunk of chunks) printer.push(typeof chunk === 'string' ? Buffer.from(chunk) : Uint8Array.from(chunk));
  printer.end();
  return printed;
};

describe('the line printer', () => {
  it('prints whole lines, however they were cut', () => {
    expect(print(['on', 'e\ntw', 'o\nthree\nfo', 'ur\n'])).toEqual(['one\n', 'two\nthree\n', 'four\n']);
  });

  it('puts a letter together that was cut in two', () => {
    expect(
      print([
        [0x6e, 0xc3],
        [0xa9, 0x0a],
      ]),
    ).toEqual(['né\n']);
  });

  it('ends what has no end, and prints nothing for nothing', () => {
    expect(print(['half'])).toEqual(['half\n']);
    expect(print([])).toEqual([]);
  });

  it('does not hold a line for ever', () => {
    const line = 'x'.repeat(70_000);
    expect(print([line, 'y\n'])).toEqual([line, 'y\n']);
  });
});
