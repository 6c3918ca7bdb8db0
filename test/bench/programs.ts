import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from '../../scripts/build.ts';
import { createPgliteTemplate } from '../../src/server/store/create-pglite-template.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Below the checkout, so that the packages that stay outside of a bundle are found. */
const OUT = join(ROOT, 'node_modules', '.cache', 'signalbox-bench');

const SOURCES = {
  'control-plane': 'test/bench/control-plane-main.ts',
  runner: 'test/fixtures/bin/runner.ts',
  'watched-runner': 'test/bench/watched-runner-main.ts',
  journal: 'test/bench/journal-main.ts',
  cli: 'src/cli/main.ts',
  'pglite-worker': 'src/server/store/pglite-worker.ts',
} as const;

/** The programs that the bench starts, as Node runs them. */
export interface Programs {
  controlPlane: string;
  /** A runner with its options on standard input: one that takes jobs. */
  runner: string;
  /** The same, which says what it holds when it is asked. */
  watchedRunner: string;
  /** Journals without a runner. */
  journal: string;
  /** The command line, for `signalbox runner` as a user starts it. */
  cli: string;
  /** By type stripping, as `npm start` has it. */
  cliFromSources: string;
  /** Of Node, for control plane and runners. */
  flags: readonly string[];
}

/** Bundled as `npm run build` does it: what a user installs is what is measured. */
export const bundlePrograms = async (): Promise<Programs> => {
  await bundle(SOURCES, OUT);
  const template = join(OUT, 'pglite-template.tar.gz');
  if (!existsSync(template)) await writeFile(template, gzipSync(await createPgliteTemplate()));
  return {
    controlPlane: join(OUT, 'control-plane.js'),
    runner: join(OUT, 'runner.js'),
    watchedRunner: join(OUT, 'watched-runner.js'),
    journal: join(OUT, 'journal.js'),
    cli: join(OUT, 'cli.js'),
    cliFromSources: join(ROOT, SOURCES.cli),
    flags: [],
  };
};

/** From the sources, which a profile names; each process leaves its CPU profile in `directory`. */
export const profilePrograms = (directory: string): Programs => ({
  controlPlane: join(ROOT, SOURCES['control-plane']),
  runner: join(ROOT, SOURCES.runner),
  watchedRunner: join(ROOT, SOURCES['watched-runner']),
  journal: join(ROOT, SOURCES.journal),
  cli: join(ROOT, SOURCES.cli),
  cliFromSources: join(ROOT, SOURCES.cli),
  flags: ['--cpu-prof', `--cpu-prof-dir=${directory}`],
});
