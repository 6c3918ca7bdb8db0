import { findMoved } from '../plugins/terraform/plan-manifest.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { PlanRef } from '../protocol/job.ts';
import type { Attempt } from './attempt.ts';
import { PLAN_FILE } from './keep-plan.ts';
import { lockFilePath } from './lock-file.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

/**
 * Puts a saved plan back into the workspace, and refuses it before the tool starts where anything moved: the tool compares
 * lineage and serial only, and not even those where it finds no state (terraform-and-iac.md E-3, E-26). Throws `PLAN_MOVED`.
 */
export const restorePlan = async (world: World, attempt: Attempt, prepared: Prepared, plan: PlanRef): Promise<void> => {
  const { files } = world;
  const archive = attempt.directory.file('given-plan.tar.gz');
  const folder = attempt.directory.file('given-plan');
  await world.download(await attempt.api.readArtifact(plan.artifact), archive);
  const unpacked = await files.unpack(archive, folder);
  const { manifest } = plan;
  const moved = findMoved(manifest, {
    path: prepared.cwd,
    tool: prepared.tool ? { name: prepared.tool.name, version: prepared.tool.version } : manifest.tool,
    source: attempt.spec.source.sha256,
    lockFile: await files.hash(`${folder}/lock`),
    state: prepared.stateFile === null ? 'remote' : prepared.initialState,
    plan: (await files.hash(`${folder}/${PLAN_FILE}`)) ?? 'missing',
  });
  if (unpacked.sha256 !== plan.artifact) moved.push('the archive of the plan has other content');
  for (const { path, sha256 } of manifest.files) {
    if ((await files.hash(`${folder}/files/${path}`)) !== sha256)
      moved.push(`the planned file ${path} has other content`);
  }
  if (moved.length > 0) throw new SignalboxError('PLAN_MOVED', { moved: moved.join('; ') });
  await files.copy(`${folder}/${PLAN_FILE}`, `${prepared.module}/${PLAN_FILE}`);
  if (manifest.lockFile !== null) await files.copy(`${folder}/lock`, lockFilePath(prepared.module));
  for (const { path } of manifest.files) await files.copy(`${folder}/files/${path}`, `${prepared.workspace}/${path}`);
};
