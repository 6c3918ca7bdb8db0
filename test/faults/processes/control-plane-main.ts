// A control plane in a process of its own. First line of standard input: its options; later ones: questions about what
// its database holds. It tells every log write with its time, before the writer is answered. SIGTERM ends it.
import { openControlPlane } from '../../../src/cli/compose/control-plane.ts';
import { toDataDirectories } from '../../../src/cli/compose/data-directories.ts';
import { createLogger } from '../../../src/io/logger.ts';
import type { ServerContext } from '../../../src/server/context.ts';
import { readRecords, type Records } from './read-records.ts';
import { readLines, tellParent } from './lines.ts';

export interface ControlPlaneMainOptions {
  data: string;
  port: number;
  timers: Partial<ServerContext['timers']>;
  logFile: string;
}
export interface Question {
  id: number;
  pipelines: string[];
}
export type ControlPlaneTold =
  | { type: 'ready'; url: string; port: number; operatorToken: string; hidden: string }
  | { type: 'logged'; attempt: string; at: number }
  | { type: 'records'; id: number; records: Records };

const asked: Question[] = [];
let answer = (question: Question): void => void asked.push(question);
const tell = (told: ControlPlaneTold): void => tellParent(told);

const { data, port, timers, logFile } = (await readLines((line) =>
  answer(line as Question),
)) as ControlPlaneMainOptions;
const controlPlane = await openControlPlane({
  data,
  host: '127.0.0.1',
  port,
  fallbackToFree: false,
  database: null,
  publicUrls: [],
  timers,
  logger: createLogger({ level: 'info', file: logFile }),
});
const { context } = controlPlane;
const { append } = context.logs;
context.logs.append = async (organisation, attempt, offset, bytes) => {
  await append(organisation, attempt, offset, bytes);
  tell({ type: 'logged', attempt, at: context.clock.now() });
};
answer = ({ id, pipelines }) =>
  void readRecords(context.store.db, pipelines).then((records) => tell({ type: 'records', id, records }));
for (const question of asked) answer(question);
process.once('SIGTERM', () => void controlPlane.close().then(() => process.exit(0)));
tell({
  type: 'ready',
  url: controlPlane.url,
  port: controlPlane.port,
  operatorToken: controlPlane.operatorToken,
  hidden: toDataDirectories(data).hidden,
});
