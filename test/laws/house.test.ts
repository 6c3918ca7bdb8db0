import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, readImports } from '../helpers/read-imports.ts';
import { readSources } from '../helpers/sources.ts';

interface Room {
  /** Folders, or single files without their ending. */
  values: string[];
  types?: string[];
  /** Pure rooms see neither the host nor its time. */
  isPure?: true;
}

/** Who may import whom. Two arrows are explained in `docs/adr/0001-two-more-arrows.md`. */
const ROOMS: Record<string, Room> = {
  protocol: { values: [], isPure: true },
  machines: { values: ['protocol'], isPure: true },
  plugins: { values: ['protocol'], isPure: true },
  trace: { values: ['protocol', 'machines'], types: ['io'] },
  io: { values: ['protocol'] },
  actors: { values: ['protocol', 'machines', 'plugins', 'trace'], types: ['io'] },
  server: {
    values: [
      'protocol',
      'machines',
      'plugins',
      'trace',
      'io/logger',
      'io/clock',
      'io/ids',
      'io/mask',
      'io/disk/lock-file',
    ],
  },
  ui: { values: ['protocol', 'machines'], isPure: true },
  cli: { values: ['protocol', 'machines', 'plugins', 'trace', 'io', 'actors', 'server'] },
};

/** Each package → the one file (or, for the two that are a language of their own, the folders) that may import it. */
const DOORS: Record<string, string[]> = {
  '@electric-sql/pglite': ['src/server/store/pglite-worker.ts'],
  '@hono/node-server': ['src/server/serve.ts'],
  '@preact/signals': ['src/ui/preact.ts'],
  anser: ['src/ui/log/to-spans.ts'],
  hono: ['src/server/http.ts'],
  kysely: ['src/server/'],
  'modern-tar': ['src/io/disk/archive.ts'],
  nanoid: ['src/io/ids.ts'],
  pg: ['src/server/store/pg.ts'],
  pino: ['src/io/logger.ts'],
  preact: ['src/ui/preact.ts'],
  'prom-client': ['src/io/metrics.ts'],
  semver: ['src/io/tools/constraints.ts'],
  undici: ['src/io/http.ts'],
  xstate: ['src/machines/', 'src/actors/', 'src/trace/'],
  yaml: ['src/io/yaml.ts'],
  yauzl: ['src/io/tools/zip.ts'],
  zod: Object.keys(ROOMS)
    .filter((room) => room !== 'ui')
    .map((room) => `src/${room}/`),
};

const sources = readSources('src');
const imports = sources.flatMap(readImports);
const ours = imports.filter(({ isPackage }) => !isPackage);
const roomOf = (path: string): string => path.split('/')[1] ?? '';
const isIn = (path: string, rooms: readonly string[] = []): boolean =>
  rooms.some((room) => path.startsWith(`src/${room}/`) || path.replace(/\.tsx?$/, '') === `src/${room}`);
const tell = ({ place, to, isType }: Import): string => `${place} imports ${isType ? 'types of ' : ''}${to}`;
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Edges of a directed graph → its cycles, each told once. */
const findCycles = (edges: ReadonlyMap<string, ReadonlySet<string>>): string[] => {
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (node: string, path: string[]): void => {
    const seen = path.indexOf(node);
    if (seen >= 0) cycles.add([...path.slice(seen), node].join(' → '));
    if (seen >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return [...cycles];
};

const toEdges = (pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> => {
  const edges = new Map<string, Set<string>>();
  for (const [from, to] of pairs) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  return edges;
};

describe('the house', () => {
  it('has the rooms of the drawing, and no other', () => {
    expect([...new Set(sources.map(({ path }) => roomOf(path)))].toSorted()).toEqual(Object.keys(ROOMS).toSorted());
  });

  it.each(Object.entries(ROOMS))('%s imports only what it may', (room, { values, types = [] }) => {
    const outside = ours.filter(({ from, to }) => roomOf(from) === room && !to.startsWith(`src/${room}/`));
    const wrong = outside.filter(({ to, isType }) => !isIn(to, values) && !(isType && isIn(to, types)));
    expect(wrong.map(tell)).toEqual([]);
  });

  it.each(Object.keys(ROOMS).filter((room) => ROOMS[room]?.isPure))('%s sees nothing of Node.js', (room) => {
    const wrong = imports.filter(({ from, to }) => roomOf(from) === room && to.startsWith('node:'));
    expect(wrong.map(tell)).toEqual([]);
  });

  it('opens each package by one door', () => {
    const packages = imports.filter(({ to, isPackage }) => isPackage && !to.startsWith('node:'));
    const wrong = packages.filter(
      ({ from, to }) =>
        !(DOORS[packageOf(to)] ?? []).some((door) => (door.endsWith('/') ? from.startsWith(door) : from === door)),
    );
    expect(wrong.map(tell)).toEqual([]);
  });

  it('names files of its own with their ending, so that Node.js finds them', () => {
    expect(ours.filter(({ to }) => !/\.(ts|tsx|css|svg|json)(\?\w+)?$/.test(to)).map(tell)).toEqual([]);
  });

  it('has no barrels, which hide where a thing lives', () => {
    expect(sources.filter(({ path }) => /^index\.tsx?$/.test(posix.basename(path))).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('has no default exports, so that a thing has one name everywhere', () => {
    const wrong = sources.filter(({ program }) =>
      (program['body'] as { type: string }[]).some(({ type }) => type === 'ExportDefaultDeclaration'),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('has no cycle of files', () => {
    expect(findCycles(toEdges(ours.filter(({ isType }) => !isType).map(({ from, to }) => [from, to])))).toEqual([]);
  });

  it('has no cycle of rooms', () => {
    const pairs = ours.map(({ from, to }) => [roomOf(from), roomOf(to)] as const);
    expect(findCycles(toEdges(pairs.filter(([from, to]) => from !== to)))).toEqual([]);
  });

  it('has no cycle of folders within a room', () => {
    const pairs = ours
      .filter(({ from, to, isType }) => !isType && roomOf(from) === roomOf(to))
      .map(({ from, to }) => [posix.dirname(from), posix.dirname(to)] as const)
      .filter(([from, to]) => from !== to && !from.startsWith(`${to}/`) && !to.startsWith(`${from}/`));
    expect(findCycles(toEdges(pairs))).toEqual([]);
  });
});

describe('the search for cycles', () => {
  it('finds one', () => {
    const edges = toEdges([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
    ]);
    expect(findCycles(edges)).toEqual(['b → c → b']);
  });
});
