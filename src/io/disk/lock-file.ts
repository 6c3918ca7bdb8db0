import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, readStat } from '../process/proc.ts';

/** Who holds a lock: a pid is given to another process sooner or later, and start times begin anew with each boot. */
interface Holder {
  pid: number;
  startTime: string;
  bootId: string;
}

export type LockAttempt = { release(): Promise<void> } | { holder: number };

/** Tells the drafts of one process apart. */
let drafts = 0;

/**
 * A lock that outlives nobody: it names its holder, and passes on only when that process is dead. Each holder writes a file of
 * the next higher number, which only one can make; the highest number holds. A file is never taken over in place, and a
 * release leaves it behind, empty: so two that find the same dead holder cannot both win, and none is misled by a late removal.
 */
export const takeLock = async (folder: string): Promise<LockAttempt> => {
  const bootId = await readBootId();
  const { pid } = process;
  const me: Holder = { pid, startTime: readStat(pid)?.startTime ?? '', bootId };
  const draft = join(folder, `lock.new.${pid}.${drafts++}`);
  for (;;) {
    const highest = Math.max(0, ...(await readNumbers(folder)));
    const holder = highest === 0 ? null : await readHolder(join(folder, `lock.${highest}`));
    if (holder?.bootId === bootId && isAlive(holder)) return { holder: holder.pid };
    const mine = join(folder, `lock.${highest + 1}`);
    // Linked, so that the file is never seen without its content.
    await writeFile(draft, JSON.stringify(me), { mode: 0o600 }).catch(async (error: unknown) => {
      await rm(draft, { force: true });
      throw error;
    });
    const isMade = await link(draft, mine).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    await rm(draft, { force: true });
    if (!isMade) continue;
    const numbers = await readNumbers(folder);
    if (Math.max(...numbers) > highest + 1) {
      await rm(mine, { force: true });
      continue;
    }
    for (const number of numbers.filter((other) => other <= highest))
      await rm(join(folder, `lock.${number}`), { force: true });
    return { release: () => writeFile(mine, '') };
  }
};

const readNumbers = async (folder: string): Promise<number[]> =>
  (await readdir(folder)).flatMap((name) => {
    const number = /^lock\.(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });

/** Null: released, gone meanwhile, or not written by us. */
const readHolder = async (path: string): Promise<Holder | null> => {
  try {
    const { pid, startTime, bootId } = JSON.parse(await readFile(path, 'utf8'));
    return { pid: Number(pid), startTime: String(startTime), bootId: String(bootId) };
  } catch {
    return null;
  }
};

const readBootId = async (): Promise<string> => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
