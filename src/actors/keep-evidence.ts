import type { ArtifactRef } from '../protocol/attempt.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

/** Where a tool puts the state that it could not store. */
const ERRORED = 'errored.tfstate';

/** Files that a person needs who settles what a job left undone: kept as artifacts, as they are. */
export const keepEvidence = async (
  world: World,
  prepared: Prepared,
  isTorn: boolean,
): Promise<{ ref: ArtifactRef; file: string }[]> => {
  const wanted = [{ name: ERRORED, file: `${prepared.module}/${ERRORED}` }];
  if (isTorn && prepared.stateFile !== null) wanted.push({ name: 'torn.tfstate', file: prepared.stateFile });
  const kept: { ref: ArtifactRef; file: string }[] = [];
  for (const { name, file } of wanted) {
    const sha256 = await world.files.hash(file);
    if (sha256 === null) continue;
    kept.push({ ref: { name, kind: 'file', sha256, size: await world.files.size(file) }, file });
  }
  return kept;
};
