import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogLines, toPlain } from '../../../src/ui/log/log-lines.ts';

const read = (pieces: Uint8Array[], maxLines?: number): LogLines => {
  const log = new LogLines(maxLines);
  for (const piece of pieces) log.append(piece);
  return log;
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the lines do not depend on where the bytes were cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ü', '🚦', '\n', '\r', '\u001B[31m', '\u001B[0m', '\u001B[2K') });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
      const all = bytes(whole);
      const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).toSorted((a, b) => a - b), all.length];
      const pieces = at.slice(1).map((end, index) => all.subarray(at[index], end));
      expect(read(pieces).lines).toEqual(read([all]).lines);
    }),
  );
});

test('an unfinished line is shown, and grows in place', () => {
  const log = read([bytes('one\ntw')]);
  expect(log.lines).toEqual(['one', 'tw']);
  log.append(bytes('o\n'));
  expect(log.lines).toEqual(['one', 'two']);
});

test('a progress bar that writes over its line shows only what came last', () => {
  expect(read([bytes('10%\r50%\r100%\r\ndone\r\n')]).lines).toEqual(['100%', 'done']);
});

test('a colour left open colours the lines after it until it is closed', () => {
  const { lines } = read([bytes('\u001B[31mred\nstill\u001B[0m\nplain\n')]);
  expect(lines).toEqual(['\u001B[31mred', '\u001B[31mstill\u001B[0m', 'plain']);
  expect(lines.map(toPlain)).toEqual(['red', 'still', 'plain']);
});

test('sequences that move the cursor or set titles are left out', () => {
  expect(read([bytes('\u001B]0;title\u0007a\u001B[2Kb\u001B[1;1Hc\n')]).lines).toEqual(['abc']);
});

test('only the newest lines are kept, and it is known how many went', () => {
  const log = read(
    Array.from({ length: 250 }, (_, index) => bytes(`${index}\n`)),
    100,
  );
  expect(log.lines.length).toBeLessThanOrEqual(110);
  expect(log.lines.at(-1)).toBe('249');
  expect(log.lines[0]).toBe(String(log.dropped));
});

test('200 000 coloured lines are read within two seconds', () => {
  const chunk = bytes(
    '\u001B[1maws_vpc.main[1]\u001B[0m: Creation complete after 2s [id=vpc-0123456789]\n'.repeat(10_000),
  );
  const started = performance.now();
  const log = read(Array.from({ length: 20 }, () => chunk));
  expect(log.lines).toHaveLength(200_000);
  expect(performance.now() - started).toBeLessThan(2000);
});
