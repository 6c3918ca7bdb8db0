import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../src/protocol/errors.ts';
import { readTrace } from '../../src/trace/read.ts';

const life = (number: number, version = 1) =>
  JSON.stringify({
    kind: 'life',
    version,
    life: number,
    at: 0,
    attempt: 'job_0123456789abcdef.1',
    runner: 'r',
    signalbox: '1',
  });
const mark = JSON.stringify({ kind: 'mark', at: 1, mark: 'sealed', data: null });
const read = (...lines: string[]) => readTrace(lines.join('\n'), 'trace.ndjson');
const refuse = (...lines: string[]): SignalboxError => {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof SignalboxError) return error;
    throw error;
  }
  throw new Error('It was read.');
};

describe('a trace', () => {
  it('has one life for each runner process that held the job, with its entries', () => {
    const lives = read(life(1), mark, mark, life(2), mark, '');
    expect(lives.map(({ header, entries }) => [header.life, entries.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('loses only the line that was being written when its process died', () => {
    expect(read(life(1), mark, mark.slice(0, 10))[0]?.entries).toHaveLength(1);
    // Whole, and yet without the newline that says so.
    expect(read(life(1), mark, mark)[0]?.entries).toHaveLength(1);
  });

  it.each([
    [[life(1), mark.slice(0, 10), mark, ''], 2, 'it is not JSON'],
    [[life(1), '{"kind":"dream"}', ''], 2, 'it is no entry of a trace'],
    [[mark, ''], 1, 'it does not begin with the header of a life'],
    [[life(1, 2), ''], 1, 'it has version 2, and this program reads up to 1'],
  ])('of %j is refused, naming the line', (lines, line, problem) => {
    const error = refuse(...lines);
    expect(error).toMatchObject({ code: 'TRACE_UNREADABLE', exitCode: 2 });
    expect(error.message).toBe(`trace.ndjson, line ${line}: ${problem}.`);
  });
});
