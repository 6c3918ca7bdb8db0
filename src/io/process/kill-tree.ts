import type { Clock } from '../clock.ts';
import { isAlive, listStats, readStat, sendSignal, type Identity, type ProcStat } from './proc.ts';

const MAX_ROUNDS = 500;

/** What descends from `root`, and what shares a session with those, now or in an earlier round: orphans keep their session. */
const findMembers = (root: Identity, sessions: Set<number>): ProcStat[] => {
  const stats = listStats();
  const pids = new Set([root.pid]);
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

const isStopped = (root: Identity): boolean => !isAlive(root) || /[Tt]/.test(readStat(root.pid)?.state ?? 'T');

/**
 * SIGKILL to a tree where no namespace does it. The root is stopped first and killed last: it makes nothing new, and a
 * subreaper keeps the tree together. Between, the members are stopped until nothing new appears, then killed, until none is left.
 */
export const killTree = async (root: Identity, clock: Clock): Promise<void> => {
  // The supervisor leads a session of its own; a recycled pid would not.
  const sessions = new Set(readStat(root.pid)?.session === root.pid && isAlive(root) ? [root.pid] : []);
  // A stop takes effect a moment later: a fork may be under way.
  for (let round = 0; sendSignal(root, 'SIGSTOP') && !isStopped(root) && round < MAX_ROUNDS; round++)
    await clock.wait(1);
  for (let round = 0; isAlive(root) && round < MAX_ROUNDS; round++) {
    const frozen = new Set<number>();
    let members = findMembers(root, sessions);
    while (members.some(({ pid }) => !frozen.has(pid))) {
      for (const member of members) if (!frozen.has(member.pid)) sendSignal(member, 'SIGSTOP');
      for (const { pid } of members) frozen.add(pid);
      members = findMembers(root, sessions);
    }
    if (members.length === 0) break;
    for (const member of members) sendSignal(member, 'SIGKILL');
    await clock.wait(1);
  }
  sendSignal(root, 'SIGKILL');
};
