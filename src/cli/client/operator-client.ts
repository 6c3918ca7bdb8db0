import { createReadStream } from 'node:fs';
import * as z from 'zod';
import type { Clock } from '../../io/clock.ts';
import { createHttp, HttpFailure, type HttpRequest, type HttpResponse } from '../../io/http.ts';
import { fromWire, SignalboxError } from '../../protocol/errors.ts';
import type { StateHead } from '../../protocol/job.ts';
import {
  ArchitectureView,
  BrowserLink,
  CreatedRunner,
  EvidenceView,
  LOG_COMPLETE_HEADER,
  PipelineList,
  PipelineView,
  RunnerView,
  StateVersionView,
  WorkflowView,
  type CreatePipeline,
  type PipelineItem,
  type ResolvePipeline,
  type StopPipeline,
} from '../../protocol/rest.ts';
import { LOG_OFFSET_HEADER } from '../../protocol/attempt.ts';

type PutWorkflow = { name: string; stages: readonly (readonly object[])[] };

/** The control plane as its operator calls it (protocol/rest.ts). Refusals are thrown as they are, silence as `CONTROL_PLANE_UNREACHABLE`. */
export interface OperatorClient {
  readonly url: string;
  findArchitecture(name: string): Promise<ArchitectureView | null>;
  listArchitectures(): Promise<ArchitectureView[]>;
  readArchitecture(id: string): Promise<ArchitectureView>;
  createArchitecture(architecture: {
    name: string;
    kind: string;
    toolVersion?: string | null;
  }): Promise<ArchitectureView>;
  putWorkflow(architecture: string, workflow: PutWorkflow): Promise<WorkflowView>;
  upload(sha256: string, file: string): Promise<void>;
  createPipeline(pipeline: CreatePipeline): Promise<PipelineView>;
  /** Held until its version is above `after`. */
  readPipeline(id: string, after: number, waitMs: number, signal?: AbortSignal): Promise<PipelineView>;
  readLog(
    job: string,
    attempt: number,
    offset: number,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<{ bytes: Uint8Array; next: number; isComplete: boolean }>;
  /** The newest first; `architecture`: of that one only, by its id. */
  listPipelines(limit: number, architecture?: string): Promise<PipelineItem[]>;
  stopPipeline(id: string, stop?: z.input<typeof StopPipeline>): Promise<void>;
  readEvidence(job: string): Promise<EvidenceView>;
  resolvePipeline(id: string, resolution: ResolvePipeline): Promise<PipelineView>;
  decide(job: string, verdict: 'approve' | 'reject'): Promise<void>;
  listStates(architecture: string): Promise<StateVersionView[]>;
  readState(architecture: string, serial: number | 'latest'): Promise<Uint8Array>;
  pushState(architecture: string, head: StateHead, bytes: Uint8Array): Promise<void>;
  listRunners(): Promise<RunnerView[]>;
  createRunner(name?: string): Promise<CreatedRunner>;
  revokeRunner(id: string): Promise<void>;
  browserLink(): Promise<string>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;

export const createOperatorClient = (options: { url: string; token: string; clock: Clock }): OperatorClient => {
  const { url, token } = options;
  const http = createHttp({ clock: options.clock });

  const call = async (
    request: Omit<HttpRequest, 'url' | 'headers'> & { path: string; headers?: Record<string, string> },
  ): Promise<HttpResponse> => {
    const { path, headers, ...rest } = request;
    const unreachable = (problem: string, cause?: unknown) =>
      new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint: url, problem }, { cause });
    try {
      const reply = await http.request({
        timeoutMs: TIMEOUT_MS,
        ...rest,
        url: `${url}${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      if (reply.status < 400) return reply;
      throw fromWire(parseJson(await reply.text()));
    } catch (error) {
      if (error instanceof HttpFailure) throw unreachable(error.message, error);
      throw error;
    }
  };
  const json = async <T>(
    schema: z.ZodType<T>,
    request: Parameters<typeof call>[0] & { json?: unknown },
  ): Promise<T> => {
    const { json: body, ...rest } = request;
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const text = await (await call({ ...rest, ...content })).text();
    return schema.parse(parseJson(text));
  };
  const discard = async (reply: Promise<HttpResponse>): Promise<void> => (await reply).discard();
  const post = (path: string, body: unknown) =>
    discard(
      call({ method: 'POST', path, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    );

  return {
    url,
    findArchitecture: async (name) => {
      const path = `/api/architectures?${new URLSearchParams({ name })}`;
      return (await json(z.array(ArchitectureView), { method: 'GET', path }))[0] ?? null;
    },
    listArchitectures: () => json(z.array(ArchitectureView), { method: 'GET', path: '/api/architectures' }),
    readArchitecture: (id) => json(ArchitectureView, { method: 'GET', path: `/api/architectures/${id}` }),
    createArchitecture: (body) => json(ArchitectureView, { method: 'POST', path: '/api/architectures', json: body }),
    putWorkflow: (id, body) =>
      json(WorkflowView, { method: 'PUT', path: `/api/architectures/${id}/workflows`, json: body }),
    upload: (sha256, file) =>
      discard(
        call({
          method: 'PUT',
          path: `/api/blobs/${sha256}`,
          body: createReadStream(file) as AsyncIterable<Uint8Array>,
          headers: { 'content-type': 'application/octet-stream' },
          timeoutMs: 10 * 60_000,
        }),
      ),
    createPipeline: (body) => json(PipelineView, { method: 'POST', path: '/api/pipelines', json: body }),
    readPipeline: (id, after, waitMs, signal) =>
      json(PipelineView, {
        method: 'GET',
        path: `/api/pipelines/${id}?after=${after}&waitMs=${waitMs}`,
        timeoutMs: TIMEOUT_MS + waitMs,
        ...(signal && { signal }),
      }),
    readLog: async (job, attempt, offset, waitMs, signal) => {
      const reply = await call({
        method: 'GET',
        path: `/api/jobs/${job}/log?attempt=${attempt}&offset=${offset}&waitMs=${waitMs}`,
        timeoutMs: TIMEOUT_MS + waitMs,
        ...(signal && { signal }),
      });
      const bytes = await reply.bytes();
      const next = Number(reply.headers[LOG_OFFSET_HEADER] ?? offset + bytes.length);
      return { bytes, next, isComplete: reply.headers[LOG_COMPLETE_HEADER] === 'true' };
    },
    listPipelines: async (limit, architecture) => {
      const query = new URLSearchParams({ limit: String(limit), ...(architecture !== undefined && { architecture }) });
      return (await json(PipelineList, { method: 'GET', path: `/api/pipelines?${query}` })).pipelines;
    },
    stopPipeline: (id, stop = {}) => post(`/api/pipelines/${id}/stop`, stop),
    readEvidence: (job) => json(EvidenceView, { method: 'GET', path: `/api/jobs/${job}/evidence` }),
    resolvePipeline: (id, body) =>
      json(PipelineView, { method: 'POST', path: `/api/pipelines/${id}/resolve`, json: body }),
    decide: (job, verdict) => post(`/api/jobs/${job}/${verdict}`, {}),
    listStates: (id) => json(z.array(StateVersionView), { method: 'GET', path: `/api/architectures/${id}/states` }),
    readState: async (id, serial) =>
      (
        await call({ method: 'GET', path: `/api/architectures/${id}/states/${serial}`, timeoutMs: 10 * 60_000 })
      ).bytes(),
    pushState: (id, head, bytes) => {
      const query = new URLSearchParams({ lineage: head.lineage, serial: String(head.serial), sha256: head.sha256 });
      const headers = { 'content-type': 'application/json' };
      return discard(call({ method: 'PUT', path: `/api/architectures/${id}/states?${query}`, body: bytes, headers }));
    },
    listRunners: () => json(z.array(RunnerView), { method: 'GET', path: '/api/runners' }),
    createRunner: (name) => json(CreatedRunner, { method: 'POST', path: '/api/runners', json: name ? { name } : {} }),
    revokeRunner: (id) => discard(call({ method: 'DELETE', path: `/api/runners/${id}` })),
    browserLink: async () =>
      `${url}${(await json(BrowserLink, { method: 'POST', path: '/api/browser-links', json: {} })).path}`,
    close: () => http.close(),
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
