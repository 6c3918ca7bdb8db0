import { join } from 'node:path';
import { bundle } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Below the checkout, so that the packages that stay outside of a bundle are found. */
const OUT = join(ROOT, 'node_modules', '.cache', 'signalbox-bench');

/** The programs that the bench starts, as Node runs them. */
export interface Programs {
  controlPlane: string;
  /** A runner with its options on standard input: one that takes jobs. */
  runner: string;
  /** The command line, for `signalbox runner` as a user starts it. */
  cli: string;
  /** By type stripping, as `npm start` has it. */
  cliFromSources: string;
  /** Of Node, for control plane and runners. */
  flags: readonly string[];
}

/**
 * Bundles them as `npm run build` would: what a user installs is what is measured. `profiles`: a directory for CPU profiles
 * of all of them; null: none are made.
 */
export const bundlePrograms = async (profiles: string | null): Promise<Programs> => {
  const cli = 'src/cli/main.ts';
  const entries = {
    'control-plane': 'test/bench/control-plane-main.ts',
    runner: 'test/fixtures/bin/runner.ts',
    cli,
    'pglite-worker': 'src/server/store/pglite-worker.ts',
  };
  await bundle(entries, OUT);
  return {
    controlPlane: process.env['SRC'] ? join(ROOT, 'test/bench/control-plane-main.ts') : join(OUT, 'control-plane.js'),
    runner: process.env['SRC'] ? join(ROOT, 'test/fixtures/bin/runner.ts') : join(OUT, 'runner.js'),
    cli: join(OUT, 'cli.js'),
    cliFromSources: join(ROOT, cli),
    flags: profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
  };
};
