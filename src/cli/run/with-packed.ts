import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packSource, type PackedSource, type PackOptions } from '../pack/pack-source.ts';

/** Packs a directory into a file that is there for as long as it is used. */
export const withPacked = async <T>(
  directory: string,
  options: Omit<PackOptions, 'out'>,
  use: (packed: PackedSource) => Promise<T>,
): Promise<T> => {
  const temporary = await mkdtemp(join(tmpdir(), 'signalbox-pack-'));
  try {
    return await use(await packSource(directory, { ...options, out: join(temporary, 'source.tar.gz') }));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};
