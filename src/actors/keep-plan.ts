import type { ArtifactRef } from '../protocol/attempt.ts';
import type { PlanManifest, PlanRef } from '../protocol/job.ts';
import type { Attempt } from './attempt.ts';
import { readLockFile } from './lock-file.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

export const PLAN_FILE = 'tfplan';

/** Packs a saved plan with all that its apply needs: lock file, files that planning created, and the manifest to check them by. */
export const keepPlan = async (
  world: World,
  attempt: Attempt,
  prepared: Prepared,
): Promise<{ ref: PlanRef; artifact: ArtifactRef; file: string } | null> => {
  const { files } = world;
  const planFile = `${prepared.module}/${PLAN_FILE}`;
  const plan = await files.hash(planFile);
  if (plan === null || prepared.tool === null) return null;
  const created = await files.changes(prepared.workspace, new Map(prepared.files));
  const lockFile = await readLockFile(world, prepared.module);
  const manifest: PlanManifest = {
    path: prepared.cwd,
    tool: { name: prepared.tool.name, version: prepared.tool.version },
    source: attempt.spec.source.sha256,
    lockFile: lockFile?.sha256 ?? null,
    state: prepared.stateFile === null ? 'remote' : prepared.initialState,
    plan,
    files: created,
    destroy: attempt.spec.task.options['destroy'] === true,
  };
  const file = attempt.directory.file('plan.tar.gz');
  const { sha256, size } = await files.pack(
    [
      { type: 'file', path: PLAN_FILE, source: planFile, isExecutable: false },
      ...(lockFile ? [{ type: 'file' as const, path: 'lock', source: lockFile.path, isExecutable: false }] : []),
      ...created.map(({ path, mode }) => ({
        type: 'file' as const,
        path: `files/${path}`,
        source: `${prepared.workspace}/${path}`,
        isExecutable: (mode & 0o100) !== 0,
      })),
    ],
    file,
  );
  return {
    ref: { artifact: sha256, size, manifest },
    artifact: { name: 'plan', kind: 'plan', sha256, size },
    file,
  };
};
