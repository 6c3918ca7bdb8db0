import { readFileSync } from 'node:fs';

const PATH = '/proc/sys/kernel/random/boot_id';

/** Names this boot of the host: pids, start times and elapsed time begin anew with each. Empty where the host does not say. */
export const readHostBoot = (): string => {
  try {
    return readFileSync(PATH, 'utf8').trim();
  } catch {
    return '';
  }
};
