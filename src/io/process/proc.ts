import { readFileSync, readdirSync } from 'node:fs';

/** Who a process is and whose child it is, from `/proc/PID/stat`. A pid alone is recycled; with the start time it is not. */
export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Field 22, in clock ticks since boot. */
  readonly startTime: string;
}

/** A process by name and birth. */
export type Identity = Pick<ProcStat, 'pid' | 'startTime'>;

/** Null: no such process. */
export const readStat = (pid: number): ProcStat | null => {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The program's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    startTime: fields[19] ?? '',
  };
};

/** Every process that is more than a zombie. */
export const listStats = (): ProcStat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== null)
    .filter((stat) => stat.state !== 'Z');

/** Whether the very process is there still; a zombie is not. */
export const isAlive = ({ pid, startTime }: Identity): boolean => {
  const stat = readStat(pid);
  return stat !== null && stat.startTime === startTime && stat.state !== 'Z' && stat.state !== 'X';
};

/** Signals the very process, never one that was given its pid later. False: it is gone, or not ours. */
export const sendSignal = (identity: Identity, signal: NodeJS.Signals): boolean => {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
};
