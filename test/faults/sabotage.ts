import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

interface Patch {
  /** Below `src`. */
  file: string;
  from: string;
  to: string;
}
/** A product that is broken in one way, on purpose. */
export type Sabotage = readonly Patch[];

/** A writer that has lost its fence is heard all the same; only its result is not. */
export const FORGETS_THE_FENCE: Sabotage = [
  {
    file: 'server/attempts/require-fence.ts',
    from: 'if (!refusal) return;',
    to: "if (!refusal || late?.kind !== 'result') return;",
  },
  { file: 'server/attempts/append-log.ts', from: 'and sealed_at is null', to: '' },
  { file: 'server/attempts/append-events.ts', from: 'and t.sealed_at is null', to: '' },
  { file: 'server/state/accept-state.ts', from: 'lock_fence === attempt.fence &&', to: 'lock_fence !== 0 ||' },
];

/** A runner that comes back does not find what its predecessor started. */
export const ADOPTS_NOTHING: Sabotage = [
  { file: 'io/process/processes.ts', from: 'start, adopt }', to: 'start, adopt: async () => null }' },
];

/** A piece of log that comes again is added again, and nobody compares the whole with its digest. */
export const BELIEVES_EVERY_LOG: Sabotage = [
  { file: 'server/attempts/append-log.ts', from: 'call.bytes.subarray(known - call.from)', to: 'call.bytes' },
  { file: 'server/attempts/find-missing.ts', from: '(await isLogOther(context, row, result))', to: 'false' },
];

const SRC = join(import.meta.dirname, '..', '..', 'src');

/** A source with its patches. Throws where one no longer finds its place. */
export const breakText = (text: string, patches: Sabotage): string => {
  let broken = text;
  for (const { from, to, file } of patches) {
    if (!broken.includes(from)) throw new Error(`${file} has no \`${from}\` to break`);
    broken = broken.replaceAll(from, to);
  }
  return broken;
};

/** Breaks the product while it is bundled. */
export const toPlugin = (sabotage: Sabotage): Plugin => ({
  name: 'sabotage',
  setup: (build) => {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const patches = sabotage.filter(({ file }) => path === join(SRC, file));
      if (patches.length === 0) return null;
      return { contents: breakText(readFileSync(path, 'utf8'), patches), loader: 'ts' };
    });
  },
});
