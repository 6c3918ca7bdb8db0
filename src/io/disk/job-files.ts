import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AttemptId } from '../../protocol/ids.ts';
import { Secret } from '../../protocol/job.ts';

/** What a job needs again after re-adoption and nobody else may read: 0600, gone when the job is sealed. */
export const JobSecrets = z.object({
  jobToken: z.string(),
  secrets: z.array(Secret),
  /** Values of the runner's own environment that are masked too. */
  masks: z.array(z.string()),
});
export type JobSecrets = z.infer<typeof JobSecrets>;

/** `<state_dir>/jobs/<attempt>/` (architecture.md 7). */
export interface JobDirectory {
  readonly path: string;
  readonly journal: string;
  writeSecrets(secrets: JobSecrets): Promise<void>;
  readSecrets(): Promise<JobSecrets | null>;
  /** Facts that are too large for the journal, by name: written whole or not at all. */
  writeFacts(name: string, facts: unknown): Promise<void>;
  readFacts(name: string): Promise<unknown>;
  readTrace(): Promise<string>;
  /** A fresh folder for the next start of step `index`. */
  makeStep(index: number): Promise<string>;
  /** The folder of its last start; null: it never was. */
  lastStep(index: number): Promise<string | null>;
  /** A place for a file on its way to the control plane. */
  file(name: string): string;
  /** Removes everything but the trace. */
  seal(): Promise<void>;
}

export interface JobFiles {
  /** Attempts that are not sealed, in no order. */
  unsealed(): Promise<string[]>;
  create(attempt: string): Promise<JobDirectory>;
  at(attempt: string): JobDirectory;
  /** All of it, the trace too: of an attempt that never was. */
  remove(attempt: string): Promise<void>;
  /** Removes sealed traces: those older than 30 days, but never the newest hundred for that; then the oldest beyond 512 MiB in all. */
  prune(now: number): Promise<void>;
}

const SECRETS = 'secrets.json';
const TRACE = 'trace.ndjson';
const MAX_TRACE_AGE_MS = 30 * 24 * 3600_000;
/** A clock that jumped ahead by a year makes everything old. */
const KEPT_WHATEVER_THE_CLOCK_SAYS = 100;
const MAX_TRACES_BYTES = 512 * 1024 ** 2;

export const createJobFiles = (stateDirectory: string): JobFiles => {
  const jobs = join(stateDirectory, 'jobs');
  const at = (attempt: string): JobDirectory => createJobDirectory(join(jobs, attempt));
  return {
    at,
    create: async (attempt) => {
      await mkdir(join(jobs, attempt, 'steps'), { recursive: true, mode: 0o700 });
      return at(attempt);
    },
    remove: (attempt) => rm(join(jobs, attempt), { recursive: true, force: true }),
    prune: async (now) => {
      const sealed: { name: string; bytes: number; at: number }[] = [];
      for (const name of await readdir(jobs).catch(() => [])) {
        if (!AttemptId.safeParse(name).success || (await exists(join(jobs, name, SECRETS)))) continue;
        const trace = await stat(join(jobs, name, TRACE)).catch(() => null);
        // A folder without a trace is a job that is just being made.
        if (trace) sealed.push({ name, bytes: trace.size, at: trace.mtimeMs });
      }
      let total = 0;
      const newestFirst = sealed.toSorted((one, other) => other.at - one.at);
      for (const [index, { name, bytes, at: sealedAt }] of newestFirst.entries()) {
        total += bytes;
        const isOld = index >= KEPT_WHATEVER_THE_CLOCK_SAYS && now - sealedAt > MAX_TRACE_AGE_MS;
        if (isOld || total > MAX_TRACES_BYTES) {
          await rm(join(jobs, name), { recursive: true, force: true });
        }
      }
    },
    unsealed: async () => {
      const names = await readdir(jobs).catch(() => []);
      const open: string[] = [];
      for (const name of names) {
        if (AttemptId.safeParse(name).success && (await exists(join(jobs, name, SECRETS)))) open.push(name);
      }
      return open;
    },
  };
};

const createJobDirectory = (path: string): JobDirectory => ({
  path,
  journal: join(path, TRACE),
  writeSecrets: (secrets) => writeWhole(join(path, SECRETS), JSON.stringify(secrets)),
  readSecrets: async () => {
    const text = await readFile(join(path, SECRETS), 'utf8').catch(() => null);
    return text === null ? null : JobSecrets.parse(JSON.parse(text));
  },
  writeFacts: (name, facts) => writeWhole(join(path, `${name}.json`), JSON.stringify(facts)),
  readFacts: async (name) => {
    const text = await readFile(join(path, `${name}.json`), 'utf8').catch(() => null);
    return text === null ? null : JSON.parse(text);
  },
  readTrace: () => readFile(join(path, TRACE), 'utf8'),
  makeStep: async (index) => {
    const number = (await starts(path, index)).length;
    const directory = join(path, 'steps', `${index}.${number}`);
    await mkdir(directory, { mode: 0o700 });
    return directory;
  },
  lastStep: async (index) => {
    const last = (await starts(path, index)).at(-1);
    return last === undefined ? null : join(path, 'steps', `${index}.${last}`);
  },
  file: (name) => join(path, name),
  seal: async () => {
    // The secrets go last: as long as they are there the job is unsealed, and the next process ends what was broken off.
    const names = (await readdir(path).catch(() => [])).filter((name) => name !== TRACE && name !== SECRETS);
    for (const name of [...names, SECRETS]) await rm(join(path, name), { recursive: true, force: true });
  },
});

/** Numbers of the starts of step `index`, ascending. */
const starts = async (path: string, index: number): Promise<number[]> =>
  (await readdir(join(path, 'steps')))
    .filter((name) => name.startsWith(`${index}.`))
    .map((name) => Number(name.slice(name.indexOf('.') + 1)))
    .toSorted((a, b) => a - b);

const writeWhole = async (path: string, text: string): Promise<void> => {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  const file = await open(`${path}.new`, 'r');
  await file.datasync().finally(() => file.close());
  await rename(`${path}.new`, path);
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
