import { existsSync, mkdirSync } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'esbuild';
import { bundle } from '../../scripts/build.ts';
import { createPgliteTemplate } from '../../src/server/store/create-pglite-template.ts';

/** Below the checkout, so that the packages that stay outside of a bundle are found. */
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'signalbox-faults');
const TEMPLATE = 'pglite-template.tar.gz';

/** The programs under test, as bundles: they start in a third of the time of the sources. */
export interface Programs {
  controlPlane: string;
  runner: string;
  remove(): Promise<void>;
}

/** `plugins` may replace parts of the product: what a broken build would be (sabotage.ts). */
export const bundlePrograms = async (plugins: Plugin[] = []): Promise<Programs> => {
  mkdirSync(CACHE, { recursive: true });
  const template = join(CACHE, TEMPLATE);
  if (!existsSync(template)) {
    // Whole or not at all: another suite may be making it too.
    const draft = `${template}.${process.pid}`;
    await writeFile(draft, gzipSync(await createPgliteTemplate()));
    await rename(draft, template);
  }
  bundles += 1;
  const out = join(CACHE, `${process.pid}-${bundles}`);
  const entries = {
    'control-plane': 'test/faults/processes/control-plane-main.ts',
    runner: 'test/faults/processes/runner-main.ts',
    'pglite-worker': 'src/server/store/pglite-worker.ts',
  };
  await bundle(entries, out, plugins);
  await copyFile(template, join(out, TEMPLATE));
  return {
    controlPlane: join(out, 'control-plane.js'),
    runner: join(out, 'runner.js'),
    remove: () => rm(out, { recursive: true, force: true }),
  };
};
let bundles = 0;
