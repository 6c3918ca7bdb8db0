// A runner in a process of its own. First line of standard input: its options; later ones: `{"dieAfterRecords": N}`.
// It tells its moments as it goes, and keeps the files of its sealed jobs where the suite finds them. SIGTERM drains.
import { startConfiguredRunner, type RunnerOptions } from '../../../src/cli/compose/runner.ts';
import { createLogger } from '../../../src/io/logger.ts';
import { toReason } from '../../../src/protocol/errors.ts';
import { createKeepingJobFiles } from './keep-job-files.ts';
import { readLines, tellParent } from './lines.ts';

/** What a runner says of itself: the suite waits for these moments. */
export type RunnerMoment = 'ready' | 'claim' | 'step' | 'exit' | 'result' | 'seal';
export interface RunnerToldMoment {
  type: 'moment';
  moment: RunnerMoment;
}
export interface RunnerMainOptions extends Omit<RunnerOptions, 'logger'> {
  /** Where the files of sealed jobs are kept. */
  keepDirectory: string;
  logFile: string;
}

let recordsToLive = Infinity;
const moment = (name: RunnerMoment): void => tellParent({ type: 'moment', moment: name } satisfies RunnerToldMoment);

const options = (await readLines((line) => {
  recordsToLive = (line as { dieAfterRecords: number }).dieAfterRecords;
})) as RunnerMainOptions;

const logger = createLogger({ level: 'info', file: options.logFile });
const stop = (error: unknown): never => {
  logger.error({ reason: toReason(error) }, 'the runner cannot start');
  process.exit(1);
};
const runner = await startConfiguredRunner({
  ...options,
  logger,
  changeWorld: (world) => ({
    ...world,
    jobFiles: createKeepingJobFiles(world.jobFiles, options.keepDirectory, (name) => moment(name)),
    processes: {
      ...world.processes,
      start: async (spec) => {
        const process = await world.processes.start(spec);
        moment('step');
        void process.exited.then(() => moment('exit'));
        return process;
      },
    },
    openJournal: async (path) => {
      const journal = await world.openJournal(path);
      return {
        ...journal,
        append: (entry) => {
          journal.append(entry);
          recordsToLive -= 1;
          // Neither this record nor the effect that waits for it: what a power switch would do.
          if (recordsToLive <= 0) process.kill(process.pid, 'SIGKILL');
        },
      };
    },
    api: {
      ...world.api,
      attempt: (call) => {
        const api = world.api.attempt(call);
        return { ...api, sendResult: (result) => (moment('result'), api.sendResult(result)) };
      },
    },
  }),
}).catch(stop);
process.on('SIGTERM', () => runner.drain());
moment('ready');
await runner.over;
await runner.close();
process.exit(0);
