/**
 * Bundles the program into `dist/`: one file for the command line, one for the worker of the embedded database, and the
 * web UI beside them. `--entry NAME=FILE` (repeatable) bundles other entries instead, `--out DIR` puts them elsewhere,
 * `--no-ui` leaves the UI out.
 */
import { cp, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { createPgliteTemplate } from '../src/server/store/create-pglite-template.ts';
import { buildUi } from './build-ui.ts';

const ROOT = join(import.meta.dirname, '..');
const ENTRIES = { cli: 'src/cli/main.ts', 'pglite-worker': 'src/server/store/pglite-worker.ts' };
/** Its WASM and data files lie beside its code, so that it stays a package. `pg-native` is an optional part of `pg`. */
const EXTERNAL = ['@electric-sql/pglite', 'pg-native'];
/** CommonJS packages in an ESM bundle ask for Node's own modules by `require`. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Entries by the name of their bundle → `OUT/NAME.js`. */
export const bundle = async (
  entries: Record<string, string>,
  out: string,
  plugins: Plugin[] = [],
): Promise<string[]> => {
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, resolve(ROOT, file)])),
    outdir: out,
    bundle: true,
    // What a command loads when it runs is a file of its own, so that a runner's process carries no control plane.
    splitting: true,
    chunkNames: 'part-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: EXTERNAL,
    plugins,
    banner: { js: BANNER },
    legalComments: 'none',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    logLevel: 'warning',
  });
  return Promise.all(
    Object.keys(entries).map(async (name) => {
      const { size } = await stat(join(out, `${name}.js`));
      return `${name}.js: ${(size / 1024).toFixed(0)} KiB`;
    }),
  );
};

/** A database that is made already: the first start unpacks it instead of making one. */
export const addTemplate = async (out: string): Promise<string> => {
  const packed = gzipSync(await createPgliteTemplate(), { level: 9 });
  await writeFile(join(out, 'pglite-template.tar.gz'), packed);
  return `pglite-template.tar.gz: ${(packed.length / 1024).toFixed(0)} KiB`;
};

if (import.meta.main) {
  const { values } = parseArgs({
    options: { entry: { type: 'string', multiple: true }, out: { type: 'string' }, 'no-ui': { type: 'boolean' } },
  });
  const out = resolve(values.out ?? join(ROOT, 'dist'));
  const named = values.entry?.map((text) => text.split('=', 2) as [string, string]);
  const sizes = await bundle(named === undefined ? ENTRIES : Object.fromEntries(named), out);
  for (const line of sizes) console.log(line);
  if (named === undefined) console.log(await addTemplate(out));
  if (!values['no-ui']) {
    console.log(await buildUi({ out: join(out, 'ui') }));
    await cp(join(ROOT, 'src/ui/statecharts'), join(out, 'statecharts'), {
      recursive: true,
      filter: (path) => !path.includes('.') || path.endsWith('.svg'),
    });
  }
}
