import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readTrace } from '../../src/trace/read.ts';
import { replayTrace } from '../../src/trace/replay-trace.ts';
import type { ControlPlaneOptions } from '../../src/cli/compose/control-plane.ts';
import type { JobView, PipelineView } from '../../src/protocol/rest.ts';
import { startBox, writeModule, type Box, type RunnerProcess } from '../../test/helpers/signalbox.ts';

/** Where recordings are made: its paths stand in the traces. */
const ROOT = '/tmp/signalbox-traces';

/** A control plane with one architecture, for one recording. */
export interface Stage {
  box: Box;
  /** Like `box.spawnRunner`, with a name and folders that can be told by a reader. */
  runner(name?: string, options?: Parameters<Box['spawnRunner']>[0]): Promise<RunnerProcess>;
  /** Starts a pipeline of one job over these files. */
  run(task: Task, files: Record<string, string>): Promise<PipelineView>;
  /** Resolves when the pipeline's job is such; fails after a while. */
  until(pipeline: PipelineView, isTrue: (job: JobView) => boolean): Promise<JobView>;
  finish(pipeline: PipelineView): Promise<JobView>;
  /** What its trace holds so far. */
  peek(runner: RunnerProcess, attempt: string): string;
  /** The trace of an attempt that this runner held, as soon as it is closed. */
  read(runner: RunnerProcess, attempt: string): Promise<string>;
}
export interface Task {
  action?: string;
  script?: string;
  /** Of another run than the plan's own. */
  options?: Record<string, string>;
}

const PAUSE_MS = 50;
const PATIENCE_MS = 60_000;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** Looks until it is there. */
export const waitFor = async (what: string, isThere: () => boolean): Promise<void> => {
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    if (isThere()) return;
    await pause();
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${what}.`);
};

export const onStage = async <T>(
  timers: ControlPlaneOptions['timers'] | null,
  act: (stage: Stage) => Promise<T>,
): Promise<T> => {
  rmSync(ROOT, { recursive: true, force: true });
  mkdirSync(ROOT, { recursive: true });
  const box = await startBox(ROOT, timers === null ? {} : { timers });
  let count = 0;
  const one = ({ jobs: [job] }: PipelineView): JobView => {
    if (!job) throw new Error('The pipeline has no job.');
    return job;
  };
  const stage: Stage = {
    box,
    runner: (name = 'fra-1', options = {}) => {
      const own = join(ROOT, name);
      return box.spawnRunner({
        name,
        stateDirectory: join(own, 'state'),
        temporaryDirectory: join(own, 'work'),
        cacheDirectory: join(own, 'cache'),
        hidden: [join(own, 'state'), join(ROOT, 'data')],
        ...options,
      });
    },
    run: async ({ action, script, options = {} }, files) => {
      const architecture = await findOrCreate(box, script === undefined ? 'terraform' : 'script');
      const dir = writeModule(join(ROOT, `code-${++count}`), files);
      const key = action ?? 'script';
      return box.start(architecture, dir, [
        [{ key, options: { ...(action ? { action } : { script: script ?? '' }), ...options } }],
      ]);
    },
    until: async (pipeline, isTrue) => {
      const view = await box.until(pipeline, (seen) => isTrue(one(seen)) || seen.finishedAt !== null);
      if (!isTrue(one(view))) throw new Error(`The job ended as ${one(view).status} before it came there.`);
      return one(view);
    },
    finish: async (pipeline) => one(await box.finish(pipeline)),
    peek,
    read: async (runner, attempt) => {
      await waitFor(`the end of the trace of ${attempt}`, () => {
        const text = peek(runner, attempt);
        const lives = readTrace(text, attempt);
        const { divergence, end } = replayTrace(lives);
        if (divergence) throw new Error(`The new trace of ${attempt} diverges: ${divergence.problem}`);
        return end === 'over' || (end === 'sealed' && !lives.at(-1)?.entries.some(isSealing));
      });
      return peek(runner, attempt);
    },
  };
  try {
    return await act(stage);
  } finally {
    await box.close();
    rmSync(ROOT, { recursive: true, force: true });
  }
};

/** The job's machine is about to hear that it was sealed. */
const isSealing = (entry: { kind: string; state?: string | null }): boolean => entry.state === 'sealing';

const peek = ({ stateDirectory }: RunnerProcess, attempt: string): string =>
  readFileSync(join(stateDirectory, 'jobs', attempt, 'trace.ndjson'), 'utf8');

const NAME = 'web-shop';
const findOrCreate = async (box: Box, kind: 'terraform' | 'script'): Promise<{ id: string }> => {
  const [known] = await box.call<{ id: string }[]>('GET', `/api/architectures?name=${NAME}`);
  return known ?? box.createArchitecture(kind, NAME);
};
