import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface LivingProcess {
  pid: number;
  parent: number;
  /** With the pid it names one process, however often pids are used again. */
  startTime: string;
  command: string;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const readLink = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

const readProcess = (pid: number): LivingProcess | null => {
  const stat = read(`/proc/${pid}/stat`);
  // The name stands in brackets and may hold anything, so the fields are counted from behind it.
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || parent === undefined || state === 'Z' || state === 'X') return null;
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return { pid, parent: Number(parent), startTime: rest[17] ?? '', command };
};

const listProcesses = (): LivingProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((found) => found !== null);

/**
 * The processes that this one brought into the world: its descendants, and those that were handed to another parent but
 * still show their origin: `mark` stands in their environment, in their command line, or around their working directory.
 */
export const findOwnProcesses = (mark: string): LivingProcess[] => {
  const all = listProcesses().filter(({ pid }) => pid !== process.pid);
  const own = new Set([process.pid]);
  const isMarked = ({ pid, command }: LivingProcess) =>
    command.includes(mark) ||
    readLink(`/proc/${pid}/cwd`).startsWith(mark) ||
    read(`/proc/${pid}/environ`).includes(mark);
  for (const found of all) if (found.parent !== 0 && isMarked(found)) own.add(found.pid);
  for (let size = 0; size !== own.size;) {
    size = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
};
