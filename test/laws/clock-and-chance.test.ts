import { describe, expect, it } from 'vitest';
import { findClockAndChance, findSqlClock } from '../helpers/find-clock-and-chance.ts';
import { parseSource, readSources } from '../helpers/sources.ts';

/** File → what it may use. Everything else that is impure goes through these, so that a simulator can drive it. */
const DOORS: Record<string, string[]> = {
  'src/io/clock.ts': ['Date.now', 'setTimeout', 'clearTimeout', 'uptime'],
  'src/io/ids.ts': ['randomBytes', 'randomInt', 'nanoid'],
  'src/ui/clock.ts': ['Date.now', 'setTimeout', 'clearTimeout', 'setInterval', 'AbortSignal.timeout'],
  // One turn of the event loop, so that entries written together share one fsync: no time passes, whatever the clock says.
  'src/io/disk/journal.ts': ['setImmediate'],
  // The composition root hands chance to the box that encrypts, as a parameter.
  'src/cli/compose/control-plane.ts': ['randomBytes'],
};

const sources = readSources('src');
const parse = (text: string) => parseSource('src/example.ts', text);

describe('time and chance', () => {
  it('come through their doors only', () => {
    const wrong = sources.flatMap((source) =>
      findClockAndChance(source).filter(({ name }) => !DOORS[source.path]?.includes(name)),
    );
    expect(wrong.map(({ place, name }) => `${place} uses ${name}`)).toEqual([]);
  });

  it('are used by the doors that are named here', () => {
    for (const [path, names] of Object.entries(DOORS)) {
      const source = sources.find((candidate) => candidate.path === path);
      const used = source ? findClockAndChance(source).map(({ name }) => name) : [];
      expect({ path, unused: names.filter((name) => !used.includes(name)) }).toEqual({ path, unused: [] });
    }
  });

  it('come into SQL as parameters only', () => {
    expect(sources.flatMap(findSqlClock).map(({ place, name }) => `${place} has ${name} in its SQL`)).toEqual([]);
  });
});

describe('the search', () => {
  it.each([
    ['const a = Date.now();', 'Date.now'],
    ['const a = new Date();', 'new Date()'],
    ['const a = Date();', 'new Date()'],
    ['const a = Math.random();', 'Math.random'],
    ['const later = setTimeout;', 'setTimeout'],
    ['globalThis.setInterval(() => {}, 1);', 'setInterval'],
    ["import { randomUUID as id } from 'node:crypto';", 'randomUUID'],
    ["import { setTimeout as wait } from 'node:timers/promises';", 'node:timers/promises'],
    ["import { customAlphabet } from 'nanoid';", 'nanoid'],
    ['const a = performance.now();', 'performance.now'],
    ['const a = process.hrtime.bigint();', 'process.hrtime'],
    ['const a = AbortSignal.timeout(5);', 'AbortSignal.timeout'],
    ['const a = crypto.getRandomValues(bytes);', 'crypto.getRandomValues'],
  ])('finds %s', (text, name) => {
    expect(findClockAndChance(parse(text)).map((use) => use.name)).toContain(name);
  });

  it.each([
    '// Date.now() is not used here',
    "const text = 'setTimeout(…)';",
    'const date = new Date(0);',
    'const timer = clock.setTimeout(done, 5);',
    'const clock = { setTimeout: door.setTimeout, now: () => 0 };',
    "import type { Random } from 'nanoid';",
    'interface Clock { setTimeout(callback: () => void): void }',
  ])('passes by %s', (text) => {
    expect(findClockAndChance(parse(text))).toEqual([]);
  });

  it.each(['sql`update a set at = now()`', "sql.raw('select random()')", 'sql`select current_timestamp`'])(
    'finds the clock in %s',
    (text) => {
      expect(findSqlClock(parse(text))).toHaveLength(1);
    },
  );

  it('passes by a time that is a parameter', () => {
    expect(findSqlClock(parse('sql`update a set at = ${context.clock.now()}`'))).toEqual([]);
  });
});
