import { readFileSync } from 'node:fs';
import { readStat } from '../../io/process/proc.ts';

/** Processes that started this one and show the token in `/proc`, so that a step of the same user could read it there. */
export const findExposures = (token: string): number[] => {
  const exposed: number[] = [];
  for (let pid = process.ppid; pid > 0; pid = readStat(pid)?.parent ?? 0) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(token)) exposed.push(pid);
    } catch {
      // Another user's, and so kept from steps too.
    }
  }
  return exposed;
};
