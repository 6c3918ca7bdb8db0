import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { EvidenceView, PipelineView, RunnerView } from '../../src/protocol/rest.ts';
import { toPipelineItem } from './pipeline-view.ts';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** The built UI, and the calls of `protocol/rest.ts` that it makes, answered from what a test puts in. */
export interface UiServer {
  url: string;
  /** `METHOD path` of every call to the API that changes something, with its body. */
  acts: string[];
  put(pipeline: PipelineView): void;
  /** What is known of a job that needs reconciliation. */
  putEvidence(evidence: EvidenceView): void;
  setRunners(runners: RunnerView[]): void;
  write(job: string, text: string): void;
  /** No more output comes for this job. */
  seal(job: string): void;
  /** While true every call is cut off. */
  setDown(isDown: boolean): void;
  close(): Promise<void>;
}

export const startUiServer = async (directory: string): Promise<UiServer> => {
  const pipelines = new Map<string, PipelineView>();
  const logs = new Map<string, { bytes: Buffer; isOver: boolean }>();
  const evidence = new Map<string, EvidenceView>();
  let runners: RunnerView[] = [];
  const acts: string[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  let isDown = false;

  const logOf = (job: string) => {
    const log = logs.get(job) ?? { bytes: Buffer.alloc(0), isOver: false };
    logs.set(job, log);
    return log;
  };
  /** Holds a call until `isNew`, the caller leaves, or `waitMs` have passed. */
  const hold = async (request: IncomingMessage, waitMs: number, isNew: () => boolean): Promise<void> => {
    const over = AbortSignal.any([AbortSignal.timeout(Math.max(1, waitMs))]);
    const left = new AbortController();
    request.once('close', () => left.abort());
    while (waitMs > 0 && !isNew() && !over.aborted && !left.signal.aborted) {
      await once(changes, 'change', { signal: AbortSignal.any([over, left.signal]) }).catch(() => undefined);
    }
  };
  const json = (response: ServerResponse, body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const missing = (response: ServerResponse, thing: string, id: string): void =>
    json(
      response,
      { error: { code: 'NOT_FOUND', message: `There is no ${thing} ${id}.`, hint: 'Check the id.' } },
      404,
    );

  const answerLog = async (request: IncomingMessage, response: ServerResponse, job: string, query: URLSearchParams) => {
    const log = logOf(job);
    const offset = Number(query.get('offset') ?? 0);
    await hold(request, Number(query.get('waitMs') ?? 0), () => log.bytes.length > offset || log.isOver);
    const end = Math.min(log.bytes.length, offset + 1024 * 1024);
    const isComplete = log.isOver && end === log.bytes.length;
    response.writeHead(200, { 'log-offset': String(end), 'log-complete': String(isComplete) });
    response.end(log.bytes.subarray(offset, end));
  };

  const answerApi = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const [, , kind, id = '', act] = url.pathname.split('/');
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      acts.push(`POST ${url.pathname} ${body}`);
      return json(response, {});
    }
    if (kind === 'jobs' && act === 'log') return answerLog(request, response, id, url.searchParams);
    if (kind === 'jobs' && act === 'evidence') {
      const known = evidence.get(id);
      return known === undefined ? missing(response, 'evidence of job', id) : json(response, known);
    }
    if (kind === 'runners') return json(response, runners);
    if (kind !== 'pipelines') return missing(response, 'call', url.pathname);
    if (id === '') return json(response, { pipelines: [...pipelines.values()].map(toPipelineItem) });
    const after = Number(url.searchParams.get('after') ?? -1);
    await hold(request, Number(url.searchParams.get('waitMs') ?? 0), () => (pipelines.get(id)?.version ?? 0) > after);
    const pipeline = pipelines.get(id);
    return pipeline === undefined ? missing(response, 'pipeline', id) : json(response, pipeline);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (isDown) return void request.socket.destroy();
    response.setHeader('content-security-policy', "default-src 'self'");
    if (url.pathname.startsWith('/api/')) return answerApi(request, response, url);
    const isFile = extname(url.pathname) !== '';
    const type = isFile ? TYPES[extname(url.pathname)] : 'text/html; charset=utf-8';
    const file = await readFile(join(directory, isFile ? url.pathname : 'index.html')).catch(() => null);
    response
      .writeHead(file === null ? 404 : 200, { 'content-type': type ?? 'application/octet-stream' })
      .end(file ?? '');
  };

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const change = () => changes.emit('change');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acts,
    put: (pipeline) => {
      const version = (pipelines.get(pipeline.id)?.version ?? 0) + 1;
      pipelines.set(pipeline.id, { ...pipeline, version });
      change();
    },
    putEvidence: (known) => void evidence.set(known.job, known),
    setRunners: (some) => {
      runners = some;
    },
    write: (job, text) => {
      const log = logOf(job);
      log.bytes = Buffer.concat([log.bytes, Buffer.from(text)]);
      change();
    },
    seal: (job) => {
      logOf(job).isOver = true;
      change();
    },
    setDown: (down) => {
      isDown = down;
      if (down) server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
