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
}

/** Bundles them as `npm run build` would: what a user installs is what is measured. */
export const bundlePrograms = async (): Promise<Programs> => {
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
  };
};
