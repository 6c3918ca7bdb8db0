import type { PlanManifest } from '../../protocol/job.ts';

export type PlanSurroundings = Omit<PlanManifest, 'files' | 'destroy'>;

const short = (digest: string): string => digest.slice(0, 12);

const toWords = (state: PlanManifest['state']): string => {
  if (state === null) return 'none';
  if (state === 'remote') return "in the code's own backend";
  return `lineage ${state.lineage} serial ${state.serial}`;
};

const findMovedState = (planned: PlanManifest['state'], now: PlanManifest['state']): string | null => {
  if (planned === null || now === null || planned === 'remote' || now === 'remote') {
    return planned === now ? null : `the state was ${toWords(planned)}, and is ${toWords(now)}`;
  }
  if (planned.lineage !== now.lineage) return `the state had lineage ${planned.lineage}, and has ${now.lineage}`;
  if (planned.serial !== now.serial) return `the state was at serial ${planned.serial}, and is at ${now.serial}`;
  if (planned.sha256 !== now.sha256) return `the state at serial ${now.serial} has other content`;
  return null;
};

/**
 * What moved since a plan was saved, in words; empty: it may be applied. The tool itself compares lineage and serial
 * only, and not even those where it finds no state.
 */
export const findMoved = (manifest: PlanManifest, now: PlanSurroundings): string[] => {
  const { tool } = manifest;
  const lock = (digest: string | null): string => (digest === null ? 'none' : short(digest));
  return [
    manifest.path === now.path ? null : `it was made under ${manifest.path}, and would run under ${now.path}`,
    manifest.source === now.source ? null : `the source was ${short(manifest.source)}, and is ${short(now.source)}`,
    manifest.lockFile === now.lockFile
      ? null
      : `the lock file was ${lock(manifest.lockFile)}, and is ${lock(now.lockFile)}`,
    findMovedState(manifest.state, now.state),
    tool.name === now.tool.name && tool.version === now.tool.version
      ? null
      : `it was made by ${tool.name} ${tool.version}, and would run with ${now.tool.name} ${now.tool.version}`,
    manifest.plan === now.plan ? null : `the plan file was ${short(manifest.plan)}, and is ${short(now.plan)}`,
  ].filter((moved) => moved !== null);
};
