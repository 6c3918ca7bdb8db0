import type { Clock } from './clock.ts';
import { isAlive, listStats, sendSignal, type Identity, type ProcStat } from './proc.ts';

const MAX_ROUNDS = 500;

/** What descends from `root`, and what shares a session with those: a child that was orphaned keeps its session. */
const findMembers = (root: Identity): ProcStat[] => {
  const stats = listStats();
  const pids = new Set([root.pid]);
  const sessions = new Set<number>();
  const members: ProcStat[] = [];
  for (let before = -1; before !== members.length;) {
    before = members.length;
    for (const stat of stats) {
      if (pids.has(stat.pid) || !(pids.has(stat.parent) || sessions.has(stat.session))) continue;
      pids.add(stat.pid);
      sessions.add(stat.session);
      members.push(stat);
    }
  }
  return members;
};

/**
 * SIGKILL to a tree where no namespace does it: everything is stopped first, until nothing new appears, so that no member
 * can make another meanwhile; then all are killed, and the root last, because a subreaper root keeps the tree together.
 */
export const killTree = async (root: Identity, clock: Clock): Promise<void> => {
  for (let round = 0; round < MAX_ROUNDS && isAlive(root); round++) {
    const frozen = new Set<number>();
    let members = findMembers(root);
    while (members.some(({ pid }) => !frozen.has(pid))) {
      for (const member of members) if (!frozen.has(member.pid)) sendSignal(member, 'SIGSTOP');
      for (const { pid } of members) frozen.add(pid);
      members = findMembers(root);
    }
    if (members.length === 0) break;
    for (const member of members) sendSignal(member, 'SIGKILL');
    await clock.wait(1);
  }
  sendSignal(root, 'SIGKILL');
};
