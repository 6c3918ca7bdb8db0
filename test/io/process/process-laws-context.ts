import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createClock } from '../../../src/io/clock.ts';
import { FIXED_PATH_ROOT } from '../../../src/io/process/fixed-path.ts';
import type { Cage, Processes, ProcessSpec, RunningProcess } from '../../../src/io/process/process.ts';
import { createProcesses } from '../../../src/io/process/processes.ts';

export const clock = createClock();
export const fixture = (name: string) => new URL(`../../fixtures/bin/${name}`, import.meta.url).pathname;

/** Polls until `look` gives something, of a list at least one; fails with what was waited for. */
export const until = async <T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> => {
  const deadline = clock.elapsed() + 20_000;
  while (clock.elapsed() < deadline) {
    const found = await look();
    if (found && !(Array.isArray(found) && found.length === 0)) return found;
    await clock.wait(5);
  }
  assert.fail(`waited in vain for ${what}`);
};

/** Processes that sleep exactly `seconds`: the tests give each law a number of its own, so they are recognised. */
export const findSleepers = (seconds: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
      } catch {
        return false;
      }
    })
    .map(Number);

let counter = 0;

/** What a law is given: a door in one cage, a directory of its own, and short ways to start steps. */
export const createLawContext = async (cage: Cage) => {
  const processes: Processes = await createProcesses({ clock, cage });
  const base = mkdtempSync('/tmp/signalbox-laws-');
  const toSpec = (program: string, args: string[], more: Partial<ProcessSpec> = {}): ProcessSpec => ({
    dir: `${base}/step-${counter++}`,
    program,
    args,
    cwd: base,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stderr: 'merged',
    softSignal: 'leader',
    mount: null,
    hide: [],
    exclusive: null,
    ...more,
  });
  const fixedPath = `${FIXED_PATH_ROOT}/laws-${process.pid}-${counter++}/app`;
  return {
    processes,
    base,
    fixedPath,
    toSpec,
    /** A second door, as a second runner process would have. */
    createOther: () => createProcesses({ clock, cage }),
    start: (program: string, args: string[], more?: Partial<ProcessSpec>) =>
      processes.start(toSpec(program, args, more)),
    /** Runs to the end: the exit and the output. */
    async run(program: string, args: string[], more: Partial<ProcessSpec> = {}) {
      const spec = toSpec(program, args, more);
      const { exitCode, signal } = await (await processes.start(spec)).exited;
      return { exitCode, signal, output: readFileSync(`${spec.dir}/output`, 'utf8'), dir: spec.dir };
    },
    makeDirectory(name: string) {
      mkdirSync(`${base}/${name}`, { recursive: true });
      return `${base}/${name}`;
    },
    /** A random-looking number of seconds that no other process sleeps. */
    createSleep: () => `${86_400 + counter++}.${process.pid}`,
    dispose() {
      rmSync(base, { recursive: true, force: true });
      rmSync(fixedPath.replace(/\/app$/, ''), { recursive: true, force: true });
    },
  };
};
export type LawContext = Awaited<ReturnType<typeof createLawContext>>;

export const outputOf = (spec: { dir: string }) => readFileSync(`${spec.dir}/output`, 'utf8');
export const untilReady = (spec: { dir: string }) =>
  until('the step to be ready', () => outputOf(spec).includes('ready'));
export const isNotStarted = (error: { code?: string }) => error.code === 'STEP_NOT_STARTED';
export const endOf = async (step: RunningProcess) => {
  const { exitCode, signal } = await step.exited;
  return { exitCode, signal };
};
