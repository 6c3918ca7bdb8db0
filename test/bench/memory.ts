import { readFileSync } from 'node:fs';

/** Resident memory of a process, in MiB. */
export const readRss = (pid: number): number => {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? NaN) / 1024;
};
