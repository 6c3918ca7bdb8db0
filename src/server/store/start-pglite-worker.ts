import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../protocol/errors.ts';
import type { FromWorker, WorkerInput } from './pglite-worker.ts';

/** Beside this file: the source, or beside the bundle its compiled twin. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './pglite-worker.ts' : './pglite-worker.js',
  import.meta.url,
);

/** Resolves when the database is open; a directory that PGlite cannot open is `DATA_DAMAGED`. */
export const startPgliteWorker = async (input: WorkerInput): Promise<Worker> => {
  const worker = new Worker(workerUrl, { workerData: input, execArgv: [], name: 'pglite' });
  const failure = await new Promise<string | null>((resolve) => {
    worker.once('message', (message: FromWorker) => resolve('failed' in message ? message.failed : null));
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => resolve(`its engine ended with code ${code}`));
  });
  if (failure === null) return worker;
  await worker.terminate();
  const problem = `its database does not open (${failure})`;
  throw new SignalboxError('DATA_DAMAGED', { path: input.directory ?? 'memory', problem });
};
