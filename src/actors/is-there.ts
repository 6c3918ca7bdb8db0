import type { World } from './world.ts';

/** Whether the directory is there, as one that a reboot or a hand may have cleared away. */
export const isThere = ({ files }: Pick<World, 'files'>, directory: string): Promise<boolean> =>
  files.list(directory).then(
    () => true,
    () => false,
  );
