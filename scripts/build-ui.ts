/** Builds the web UI into `dist/ui`. `--if-stale`: only when its sources are newer, or it is missing. Prints one line. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['src/ui', 'src/protocol', 'package-lock.json', 'scripts/build-ui.ts'];

const listFiles = async (path: string): Promise<string[]> => {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/** A deleted source shows in the time of its directory only, so directories count too. */
const newestChange = async (path: string): Promise<number> => {
  const { mtimeMs } = await stat(path);
  if (!(await stat(path)).isDirectory()) return mtimeMs;
  const inside = await readdir(path);
  return Math.max(mtimeMs, ...(await Promise.all(inside.map((name) => newestChange(join(path, name))))));
};

const isStale = async (out: string): Promise<boolean> => {
  const page = join(out, 'index.html');
  if (!existsSync(page)) return true;
  const changes = await Promise.all(SOURCES.map((source) => newestChange(join(ROOT, source))));
  return Math.max(...changes) > (await stat(page)).mtimeMs;
};

export interface UiSize {
  files: number;
  /** All but the pictures of machines, which are fetched only when somebody looks at one. */
  gzippedBytes: number;
}

export const measureUi = async (out: string): Promise<UiSize> => {
  const files = await listFiles(out);
  const counted = files.filter(
    (file) => !(relative(out, file).startsWith('assets/statecharts/') && file.endsWith('.svg')),
  );
  const sizes = await Promise.all(counted.map(async (file) => gzipSync(await readFile(file)).length));
  return { files: files.length, gzippedBytes: sizes.reduce((sum, size) => sum + size, 0) };
};

/** Of the protocol the UI uses types and plain tables: schemas that nobody parses with are left out, and zod with them. */
const pureSchemas = {
  name: 'pure-schemas',
  enforce: 'pre',
  transform: (code: string, id: string): string | null =>
    id.includes('/src/protocol/') ? code.replace(/\bz\.(?=\w+\()/g, '/* @__PURE__ */ z.') : null,
} as const;

/** Builds beside the old files and swaps at the end, so that a page being served is never half there. */
const buildInto = async (out: string): Promise<void> => {
  const { build } = await import('vite');
  const fresh = `${out}.${process.pid}`;
  await build({
    configFile: false,
    root: join(ROOT, 'src', 'ui'),
    base: '/',
    logLevel: 'warn',
    publicDir: false,
    plugins: [pureSchemas],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: fresh,
      emptyOutDir: true,
      target: 'es2024',
      cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
      // The content policy allows no data: addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          assetFileNames: ({ originalFileNames }) =>
            originalFileNames.some((name) => name.includes('statecharts/'))
              ? 'assets/statecharts/[name]-[hash][extname]'
              : 'assets/[name]-[hash][extname]',
        },
      },
    },
  });
  const old = `${out}.old.${process.pid}`;
  if (existsSync(out)) await rename(out, old);
  await rename(fresh, out);
  await rm(old, { recursive: true, force: true });
};

export const buildUi = async (options: { ifStale?: boolean; out?: string } = {}): Promise<string> => {
  const out = options.out ?? join(ROOT, 'dist', 'ui');
  if (options.ifStale && !(await isStale(out))) return 'The web UI is up to date.';
  await buildInto(out);
  const { files, gzippedBytes } = await measureUi(out);
  return `The web UI was built: ${files} files, ${(gzippedBytes / 1024).toFixed(1)} KiB gzipped.`;
};

if (import.meta.main) console.log(await buildUi({ ifStale: process.argv.includes('--if-stale') }));
