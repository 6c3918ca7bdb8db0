// A control plane in a process of its own. Its options come as JSON on standard input; what it sees, with the time, goes to
// standard output, one JSON object a line. SIGTERM ends it.
import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
/** A version of an architecture's state that was stored. */
export interface Kept {
  at: number;
  attempt: string;
  serial: number;
}
export type Told =
  | { type: 'ready'; at: number; url: string; port: number; operatorToken: string; hidden: string }
  | ({ type: 'appended' } & Appended)
  | ({ type: 'kept' } & Kept)
  | { type: 'polled'; at: number };
export interface ControlPlaneMainOptions {
  data: string;
  /** 0: any free one. */
  port: number;
}

const TEXT_BYTES = 16_384;
const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const { data, port } = JSON.parse(await text(process.stdin)) as ControlPlaneMainOptions;
/** The first call may arrive before all is said and done. */
let servedAt: number | null = null;
channel('http.server.request.start').subscribe((message) => {
  const { request } = message as { request: IncomingMessage };
  servedAt ??= nowMs();
  if (request.url === '/v1/poll') tell({ type: 'polled', at: nowMs() });
});
const STATE_CALL = /^\/v1\/attempts\/([^/]+)\/state\?(.*)$/;
channel('http.server.response.finish').subscribe((message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  if (request.method !== 'PUT' || response.statusCode >= 300) return;
  const [, attempt = '', query = ''] = STATE_CALL.exec(request.url ?? '') ?? [];
  if (attempt) tell({ type: 'kept', at: nowMs(), attempt, serial: Number(new URLSearchParams(query).get('serial')) });
});
const controlPlane = await openControlPlane({
  data,
  host: '127.0.0.1',
  port,
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
process.once('SIGTERM', () => void controlPlane.close());
tell({
  type: 'ready',
  at: servedAt ?? nowMs(),
  url: controlPlane.url,
  port: controlPlane.port,
  operatorToken: controlPlane.operatorToken,
  hidden: toDataDirectories(data).hidden,
});
