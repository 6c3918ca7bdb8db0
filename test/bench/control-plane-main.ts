// A control plane in a process of its own. Its options come as JSON on standard input; what it sees, with the time, goes to
// standard output, one JSON object a line. SIGTERM ends it.
import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { openControlPlane } from '../../src/cli/compose/control-plane.ts';
import { toDataDirectories } from '../../src/cli/compose/data-directories.ts';
import { createLogger } from '../../src/io/logger.ts';
import { nowMs } from './rounds.ts';

/** Bytes of a log that were stored. */
export interface Appended {
  at: number;
  attempt: string;
  size: number;
  /** Its first bytes. */
  text: string;
}
export type Told =
  | { type: 'ready'; url: string; operatorToken: string; hidden: string }
  | ({ type: 'appended' } & Appended)
  | { type: 'polled'; at: number };

const TEXT_BYTES = 16_384;
const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const { data } = JSON.parse(await text(process.stdin)) as { data: string };
const controlPlane = await openControlPlane({
  data,
  host: '127.0.0.1',
  port: 0,
  fallbackToFree: false,
  database: null,
  publicUrls: [],
  logger: createLogger({ level: 'error' }),
});
const { logs } = controlPlane.context;
const append = logs.append;
logs.append = async (organisation, attempt, offset, bytes) => {
  await append(organisation, attempt, offset, bytes);
  tell({
    type: 'appended',
    at: nowMs(),
    attempt,
    size: bytes.length,
    text: Buffer.from(bytes.subarray(0, TEXT_BYTES)).toString(),
  });
};
channel('http.server.request.start').subscribe((message) => {
  const { request } = message as { request: IncomingMessage };
  if (request.url === '/v1/poll') tell({ type: 'polled', at: nowMs() });
});
process.once('SIGTERM', () => void controlPlane.close());
tell({
  type: 'ready',
  url: controlPlane.url,
  operatorToken: controlPlane.operatorToken,
  hidden: toDataDirectories(data).hidden,
});
