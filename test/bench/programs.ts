import { join } from 'node:path';
import { bundle } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Below the checkout, so that the packages that stay outside of a bundle are found. */
const OUT = join(ROOT, 'node_modules', '.cache', 'signalbox-bench');

/** The programs that the bench starts, as Node runs them. */
export interface Programs {
  controlPlane: string;
  runner: string;
  /** The runner by type stripping, as `npm start` has it. */
  runnerFromSources: string;
  /** Of Node, for control plane and runners. */
  flags: readonly string[];
}

/**
 * Bundles them as `npm run build` would: what a user installs is what is measured. `profiles`: a directory for CPU profiles
 * of all of them; null: none are made.
 */
export const bundlePrograms = async (profiles: string | null): Promise<Programs> => {
  const runner = 'test/fixtures/bin/runner.ts';
  const entries = {
    'control-plane': 'test/bench/control-plane-main.ts',
    runner,
    'pglite-worker': 'src/server/store/pglite-worker.ts',
  };
  await bundle(entries, OUT);
  return {
    controlPlane: join(OUT, 'control-plane.js'),
    runner: join(OUT, 'runner.js'),
    runnerFromSources: join(ROOT, runner),
    flags: profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
  };
};
