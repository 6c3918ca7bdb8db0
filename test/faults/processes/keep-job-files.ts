import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDirectory, JobFiles } from '../../../src/io/disk/job-files.ts';

/** The real door, except that what sealing removes is copied to `directory` first. `tell` hears of claims and seals. */
export const createKeepingJobFiles = (
  real: JobFiles,
  directory: string,
  tell: (moment: 'claim' | 'seal') => void,
): JobFiles => {
  const keep = (attempt: string, job: JobDirectory): JobDirectory => ({
    ...job,
    seal: async () => {
      tell('seal');
      const to = join(directory, attempt);
      await mkdir(to, { recursive: true });
      const copy = (name: string) => cp(join(job.path, name), join(to, name), { recursive: true, force: true });
      // A second sealing, after a crash in the first one, finds less: what was kept then stays.
      await Promise.all(['steps', 'secrets.json'].map((name) => copy(name).catch(() => {})));
      await job.seal();
    },
  });
  return {
    ...real,
    at: (attempt) => keep(attempt, real.at(attempt)),
    create: async (attempt) => {
      const job = await real.create(attempt);
      tell('claim');
      return keep(attempt, job);
    },
  };
};
