import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../src/protocol/errors.ts';
import { findJob } from '../../src/trace/found-job.ts';
import { readTrace } from '../../src/trace/read.ts';
import { replayLife, toSentence } from '../../src/trace/replay.ts';

const FOLDER = new URL('../fixtures/traces/', import.meta.url);
const names = readdirSync(FOLDER);
const textOf = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

describe.each(names)('the recorded trace %s', (name) => {
  const lives = readTrace(textOf(name), name);

  it("folds through today's machines to the states that it recorded", () => {
    for (const life of lives) expect(replayLife(life).divergence).toBeNull();
  });
  it('ends with a job that reported', () => {
    const last = lives.at(-1);
    const job = last && replayLife(last).machines.get('job');
    expect(job?.snapshot.status).toBe('done');
    expect(last?.entries.some((entry) => entry.kind === 'mark' && entry.mark === 'sealed')).toBe(true);
  });
  it("holds no secret file's contents", () => {
    expect(textOf(name)).not.toMatch(/sbx_(job|session|runner|operator)_/);
  });
  it('is read without its last line where that was torn', () => {
    const whole = textOf(name);
    const torn = whole.slice(0, whole.length - 7);
    const entries = (text: string) => readTrace(text, name).reduce((sum, life) => sum + life.entries.length, 0);
    expect(entries(torn)).toBe(entries(whole) - 1);
  });
  it('tells at every cut what to go on with, never a step that had ended', () => {
    const lines = textOf(name).split('\n').slice(0, -1);
    for (let cut = 1; cut <= lines.length; cut++) {
      const left = findJob(readTrace(`${lines.slice(0, cut).join('\n')}\n`, name));
      if (!left) continue;
      const { done, steps } = left.found;
      for (const step of steps.slice(1)) expect(done.map(({ key }) => key)).not.toContain(step.key);
      expect(left.found.wasUnderWay ? steps.length : 1).toBeGreaterThan(0);
    }
  });
});

describe('a trace that was tampered with', () => {
  const text = textOf('apply-succeeded.ndjson');
  const replay = (changed: string) => replayLife(readTrace(changed, 'x')[0] ?? { header: {} as never, entries: [] });

  it('diverges where a recorded state is another one', () => {
    const changed = text.replace('"state":"concluding"', '"state":"reporting"');
    const { divergence } = replay(changed);
    expect(divergence && toSentence(divergence)).toMatch(
      /the machine at job was in `reporting`, and today it goes to `concluding`/,
    );
  });
  it('diverges where an event was taken out', () => {
    const changed = text
      .split('\n')
      .filter((line) => !line.includes('"type":"process.started"'))
      .join('\n');
    expect(replay(changed).divergence).not.toBeNull();
  });
  it('diverges where its machine is unknown today', () => {
    expect(replay(text.replaceAll('"machine":"step"', '"machine":"stage"')).divergence?.replayed).toContain(
      'no machine `stage`',
    );
  });
  it.each([
    ['is not JSON', (lines: string[]) => lines.with(3, 'oops')],
    ['is no entry', (lines: string[]) => lines.with(3, '{"kind":"other"}')],
    [
      'is of a version from the future',
      (lines: string[]) => lines.with(0, (lines[0] ?? '').replace('"version":1', '"version":99')),
    ],
    ['has no header', (lines: string[]) => lines.slice(1)],
  ])('that %s names its line', (_, change) => {
    const read = () => readTrace(change(text.split('\n')).join('\n'), 'x.ndjson');
    expect(read).toThrow(SignalboxError);
    expect(read).toThrow(/x\.ndjson, line \d/);
  });
});
