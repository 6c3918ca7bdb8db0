import { MACHINES } from '../machines/catalog.ts';
import { checkGrounds } from './checks/check-grounds.ts';
import { checkIdentity } from './checks/check-identity.ts';
import { checkOrder } from './checks/check-order.ts';
import { checkTold } from './checks/check-told.ts';
import type { Divergence } from './divergence.ts';
import { foldEvent, type Folded } from './fold.ts';
import type { Life } from './read.ts';

export interface Replay {
  machines: Map<string, Folded>;
  divergence: Divergence | null;
  /** The job's; null: its machine was not started. */
  fence: number | null;
  /** How many events had been told to the control plane at its end, where that is known. */
  told: number | null;
}

/**
 * Folds a life through today's machines and stops at the first thing that does not agree. `before`: the replay of the life before
 * it; `undefined`: not looked at, so that what depends on it is not checked.
 */
export const replayLife = (life: Life, before?: Replay | null): Replay => {
  const machines = new Map<string, Folded>();
  const told = checkTold(machines, before === null ? 0 : (before?.told ?? null));
  const checks = [checkOrder(life), checkIdentity(life, before?.fence ?? null), told, checkGrounds(machines)];
  const end = (divergence: Divergence | null): Replay => {
    const fence: unknown = machines.get('job')?.snapshot.context?.fence;
    return {
      machines,
      divergence,
      fence: typeof fence === 'number' ? fence : (before?.fence ?? null),
      told: told.count(),
    };
  };
  const newer = findNewer(life);
  if (newer) return end(newer);
  for (const [index, entry] of life.entries.entries()) {
    for (const check of checks) {
      const divergence = check(entry, index);
      if (divergence) return end(divergence);
    }
    const divergence = entry.kind === 'event' ? foldEvent(machines, entry) : null;
    if (divergence) return end(explain(life, entry.kind === 'event' ? entry.machine : '', divergence));
  }
  return end(null);
};

const toNumber = (version: string | undefined): number => Number(version ?? 1);

/** A machine of this life that this program knows only in an older version. */
const findNewer = ({ header }: Life): Divergence | null => {
  for (const [name, version] of Object.entries(header.machines)) {
    const today = MACHINES[name]?.version;
    if (today === undefined || toNumber(version) <= toNumber(today)) continue;
    const problem = `it was recorded by version ${version} of the machine \`${name}\`, and this program has version ${today}`;
    return { kind: 'version', seq: null, problem };
  }
  return null;
};

/** A machine that has changed since is the likeliest reason. */
const explain = ({ header }: Life, machine: string, divergence: Divergence): Divergence => {
  const [then, today] = [header.machines[machine] ?? '1', MACHINES[machine]?.version];
  if (today === undefined || then === today) return divergence;
  const problem = `${divergence.problem} (the machine \`${machine}\` was version ${then} then, and is ${today} today)`;
  return { ...divergence, problem };
};
