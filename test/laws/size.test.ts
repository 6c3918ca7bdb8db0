import { describe, expect, it } from 'vitest';
import { listFiles, readText } from '../helpers/sources.ts';

const MAX_LINES = 300;
const MAX_TEST_LINES = 400;
const MEDIAN_LINES = 80;
const P95_LINES = 200;

const measure = (folder: string) =>
  listFiles(folder, /\.(tsx?|cjs|mjs)$/).map((path) => ({
    path,
    lines: readText(path).trimEnd().split('\n').length,
  }));
const longerThan = (limit: number, files: ReturnType<typeof measure>) =>
  files.filter(({ lines }) => lines > limit).map(({ path, lines }) => `${path}: ${lines} lines`);
const quantile = (files: ReturnType<typeof measure>, share: number): number =>
  files.map(({ lines }) => lines).toSorted((a, b) => a - b)[Math.ceil(files.length * share) - 1] ?? 0;

/** The tail is capped and not the average, so that no file needs a map. */
describe('a file is read in one sitting', () => {
  const code = ['src', 'scripts', 'bin'].flatMap(measure);
  const tests = measure('test');

  it(`no file has more than ${MAX_LINES} lines`, () => {
    expect(longerThan(MAX_LINES, code)).toEqual([]);
  });

  it(`no file of the tests has more than ${MAX_TEST_LINES} lines`, () => {
    expect(longerThan(MAX_TEST_LINES, tests)).toEqual([]);
  });

  it(`half of the files have at most ${MEDIAN_LINES} lines, and nineteen of twenty at most ${P95_LINES}`, () => {
    expect(quantile(code, 0.5)).toBeLessThanOrEqual(MEDIAN_LINES);
    expect(quantile(code, 0.95)).toBeLessThanOrEqual(P95_LINES);
  });

  it('the files were found', () => {
    expect(code.length).toBeGreaterThan(200);
    expect(tests.length).toBeGreaterThan(50);
  });
});
