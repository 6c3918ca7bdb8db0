import { execFile } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Arm } from '../arm.ts';
import type { Appending, JournalMainOptions } from '../journal-main.ts';
import { alternate, median, medianRatio, nowMs } from '../rounds.ts';
import { ratioAtLeast } from '../row.ts';

const JOURNALS = 64;
const RECORD_BYTES = 220;
const DURATION_MS = 600;
const SOURCE = join(import.meta.dirname, '..', 'append.c');

const run = promisify(execFile);
const toRate = ({ records, ms }: Appending): number => (records * 1000) / ms;

/** Null: the host has no compiler. */
const compile = async (directory: string): Promise<string | null> => {
  const program = join(directory, 'append');
  try {
    await run('cc', ['-O2', '-o', program, SOURCE]);
    return program;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The loop of `append.c`, where there is nothing to compile it with. */
const appendInNode = (directory: string): Appending => {
  const files = Array.from({ length: JOURNALS }, (_, index) => openSync(join(directory, String(index)), 'w'));
  const record = Buffer.alloc(RECORD_BYTES, 'x');
  const begunAt = nowMs();
  let records = 0;
  for (; nowMs() < begunAt + DURATION_MS; records++) {
    const file = files[records % JOURNALS]!;
    writeSync(file, record, 0, RECORD_BYTES, Math.floor(records / JOURNALS) * RECORD_BYTES);
    fdatasyncSync(file);
  }
  const ms = nowMs() - begunAt;
  files.forEach(closeSync);
  return { records, ms };
};

/** Durable records of 64 journals a second; beside it a loop of one write and one `fdatasync` each, over as many files. */
export const journal: Arm = {
  name: 'journal',
  run: async ({ programs, directory, rounds }) => {
    const program = await compile(directory);
    const inFolder = async (append: (folder: string) => Promise<Appending>): Promise<number> => {
      const folder = mkdtempSync(join(directory, 'journals-'));
      const appending = await append(folder);
      rmSync(folder, { recursive: true });
      return toRate(appending);
    };
    const runOurs = () =>
      inFolder(async (folder) => {
        const options: JournalMainOptions = {
          directory: folder,
          journals: JOURNALS,
          recordBytes: RECORD_BYTES,
          durationMs: DURATION_MS,
        };
        const args = [...programs.flags, programs.journal, JSON.stringify(options)];
        return JSON.parse((await run(process.execPath, args)).stdout);
      });
    const runFloor = () =>
      inFolder(async (folder) => {
        if (program === null) return appendInNode(folder);
        const args = [folder, JOURNALS, RECORD_BYTES, DURATION_MS].map(String);
        return JSON.parse((await run(program, args)).stdout);
      });
    const { ours, floor } = await alternate(rounds ?? 5, runOurs, runFloor);
    const against =
      program === null ? 'the same loop in Node (no C compiler here)' : 'a C loop of `pwrite`, `fdatasync`';
    return [
      {
        arm: 'journal',
        what: `durable records of ${JOURNALS} journals, against ${against}`,
        unit: 'records/s',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: ratioAtLeast(2),
      },
    ];
  },
};
