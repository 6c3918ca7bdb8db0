import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { AttemptId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/runner.ts';
import type { Ids } from '../ids.ts';
import { takeLock } from './lock-file.ts';
import { isNoSpace } from './no-space.ts';

/** What a runner keeps across restarts (architecture.md 7), held by one process at a time. */
export interface StateDirectory {
  readonly path: string;
  /** Made once: who is the same runner after a restart. */
  readonly instanceId: string;
  /** Holds one folder for each attempt. */
  readonly jobs: string;
  jobDirectory(attempt: AttemptId): string;
  stepDirectory(attempt: AttemptId, step: number): string;
  release(): Promise<void>;
}

/** `runner.json`. */
interface RunnerFile {
  instanceId: string;
  protocol: number;
}

/** Makes the directory where needed. Throws `STATE_DIR_IN_USE`, `DISK_FULL`, `DATA_UNWRITABLE` or `DATA_DAMAGED`. */
export const lockStateDirectory = async (path: string, { ids }: { ids: Ids }): Promise<StateDirectory> => {
  const jobs = join(path, 'jobs');
  const lock = await makeDirectory(path)
    .then(() => takeLock(path))
    .catch((error: unknown) => {
      if (isNoSpace(error)) throw new SignalboxError('DISK_FULL', { path }, { cause: error });
      throw new SignalboxError('DATA_UNWRITABLE', { path, problem: toProblem(error) }, { cause: error });
    });
  if ('holder' in lock) throw new SignalboxError('STATE_DIR_IN_USE', { path, pid: lock.holder });
  try {
    await mkdir(jobs, { recursive: true, mode: 0o700 });
    const { instanceId } = (await readRunnerFile(path)) ?? (await writeRunnerFile(path, ids.create('ins')));
    const jobDirectory = (attempt: AttemptId) => join(jobs, attempt);
    return {
      path,
      instanceId,
      jobs,
      jobDirectory,
      stepDirectory: (attempt, step) => join(jobDirectory(attempt), 'steps', String(step)),
      release: lock.release,
    };
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
};

const makeDirectory = async (path: string): Promise<void> => {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  // The umask may have taken more away than the owner can do without.
  if (made !== undefined) await chmod(path, 0o700);
};

const readRunnerFile = async (directory: string): Promise<RunnerFile | null> => {
  const text = await readFile(join(directory, 'runner.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const { instanceId, protocol } = JSON.parse(text);
    if (typeof instanceId === 'string' && typeof protocol === 'number') return { instanceId, protocol };
    throw new TypeError('no instanceId, or no protocol');
  } catch (error) {
    throw new SignalboxError(
      'DATA_DAMAGED',
      { path: directory, problem: 'runner.json is not readable' },
      { cause: error },
    );
  }
};

/** Whole or not at all: a runner that crashes here has no other name afterwards. */
const writeRunnerFile = async (directory: string, instanceId: string): Promise<RunnerFile> => {
  const content = { instanceId, protocol: PROTOCOL_VERSION };
  const draft = join(directory, 'runner.json.new');
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, join(directory, 'runner.json'));
  return content;
};

const toProblem = (error: unknown): string => (error instanceof Error ? error.message : String(error));
