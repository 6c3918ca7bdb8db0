import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView, PipelineView } from '../../src/protocol/rest.ts';
import { readTrace, type Life } from '../../src/trace/read.ts';
import { replayLife } from '../../src/trace/replay.ts';
import type { Box, RunnerProcess } from './signalbox.ts';

/** What of the journal the disk has when the runner is killed: all records, those that were waited for, or all but the last one's end. */
export type Kept = 'all' | 'waited' | 'torn';

/** A job whose runner was killed after a number of records, and what became of it under the next runner process. */
export interface CutJob {
  records: number;
  /** False: the job had ended before its journal had so many records. */
  isCut: boolean;
  job: JobView;
  /** Without times and ids. */
  log: string;
  lives: Life[];
  /** What does not fold through today's machines, one line a life. */
  divergences: string[];
}

export interface JobCutter {
  /** Runs what `start` starts, on the runner that is there. `next`: at which record its successor will be killed. */
  run(records: number, next: number, start: () => Promise<PipelineView>): Promise<CutJob>;
}

export const readLives = (runner: RunnerProcess, attempt: string | null): Life[] => {
  const path = join(runner.stateDirectory, 'jobs', attempt ?? '', 'trace.ndjson');
  return readTrace(readFileSync(path, 'utf8'), path);
};

export const findDivergences = (lives: readonly Life[]): string[] =>
  lives.flatMap((life) => {
    const { divergence } = replayLife(life);
    return divergence === null ? [] : [`life ${life.header.life}: ${JSON.stringify(divergence)}`];
  });

/** One runner after another on the same host, each killed in a job of its own, which the next takes over. */
export const createJobCutter = async (box: Box, kept: Kept, first: number): Promise<JobCutter> => {
  const toEnv = (records: number) => ({ DIES_AFTER: String(records), DIES_WITH: kept });
  let runner = await box.spawnRunner({}, toEnv(first), 'dies-at-record');
  return {
    run: async (records, next, start) => {
      const { process: child } = runner;
      const died = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
      const pipeline = await start();
      const isCut = await Promise.race([died, box.finish(pipeline).then(() => false)]);
      if (isCut) runner = await box.succeed(runner, toEnv(next), 'dies-at-record');
      const [job] = (await box.finish(pipeline)).jobs;
      if (!job) throw new Error('the pipeline has no job');
      const lives = readLives(runner, job.attempt);
      return { records, isCut, job, log: await box.log(job), lives, divergences: findDivergences(lives) };
    },
  };
};
