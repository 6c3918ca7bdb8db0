import { createHash } from 'node:crypto';
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
const event = JSON.stringify({ kind: 'mark', at: 1, mark: 'events', data: { seq: 0 } });
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
    [[life(1), '', mark, ''], 2, 'it is not JSON'],
  ])('of %j is refused, naming the line', (lines, line, problem) => {
    const error = refuse(...lines);
    expect(error).toMatchObject({ code: 'TRACE_UNREADABLE', exitCode: 2 });
    expect(error.message).toBe(`trace.ndjson, line ${line}: ${problem}.`);
  });

  it('of a format from the future is refused by that, whatever else stands in it', () => {
    const error = refuse('{"kind":"life","version":3,"who":"knows"}', 'something else', '');
    expect(error).toMatchObject({ code: 'TRACE_TOO_NEW', exitCode: 2 });
    expect(error.message).toBe(
      'trace.ndjson is of a format from the future: version 3, and this program reads up to 2.',
    );
  });

  it('of format 1 names no machines', () => {
    expect(read(life(1, 1), '')[0]?.header.machines).toEqual({});
  });

  it('has the digest that its seal tells, and the one that is found', () => {
    const before = `${life(1, 2)}\n${event}\n`;
    const found = createHash('sha256').update(before).digest('hex');
    const sealed = (data: unknown) => JSON.stringify({ kind: 'mark', at: 1, mark: 'sealed', data });
    expect(readTrace(`${before}${sealed({ sha256: 'x' })}\n`, 'x')[0]?.seal).toEqual({ told: 'x', found });
    expect(readTrace(`${before}${sealed(null)}\n`, 'x')[0]?.seal).toEqual({ told: null, found });
    expect(readTrace(before, 'x')[0]?.seal).toBeNull();
  });
});
