import type { EvidenceView, PipelineItem, PipelineView, ResolvePipeline, RunnerView } from '../../protocol/rest.ts';
import { within } from '../clock.ts';

/** A refusal of the control plane, in its words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  constructor(status: number, code: string, message: string, hint: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

const REPLY_MS = 15_000;
export const HOLD_MS = 20_000;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const toApiError = async (reply: Response): Promise<ApiError> => {
  const body: unknown = await reply.json().catch(() => null);
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const text = (key: string, otherwise: string): string => (typeof error[key] === 'string' ? error[key] : otherwise);
  const otherwise = `The control plane answered ${reply.status} without saying why.`;
  return new ApiError(reply.status, text('code', 'UNEXPECTED'), text('message', otherwise), text('hint', ''));
};

const call = async (path: string, aborted: AbortSignal, init: RequestInit = {}, holdMs = 0): Promise<Response> => {
  const reply = await fetch(path, { ...init, signal: within(holdMs + REPLY_MS, aborted) });
  if (!reply.ok) throw await toApiError(reply);
  return reply;
};

const post = async (path: string, body: object): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  await call(path, new AbortController().signal, { method: 'POST', headers, body: JSON.stringify(body) });
};

export const getPipelines = async (aborted: AbortSignal): Promise<PipelineItem[]> => {
  const reply = await call('/api/pipelines?limit=100', aborted);
  return ((await reply.json()) as { pipelines: PipelineItem[] }).pipelines;
};

/** With `after`, the answer is held until the pipeline has changed since that version, or `HOLD_MS` have passed. */
export const getPipeline = async (id: string, after: number | null, aborted: AbortSignal): Promise<PipelineView> => {
  const query = after === null ? '' : `?after=${after}&waitMs=${HOLD_MS}`;
  const reply = await call(`/api/pipelines/${id}${query}`, aborted, {}, after === null ? 0 : HOLD_MS);
  return (await reply.json()) as PipelineView;
};

export const getEvidence = async (job: string, aborted: AbortSignal): Promise<EvidenceView> =>
  (await (await call(`/api/jobs/${job}/evidence`, aborted)).json()) as EvidenceView;

export const getRunners = async (aborted: AbortSignal): Promise<RunnerView[]> =>
  (await (await call('/api/runners', aborted)).json()) as RunnerView[];

export const toLogPath = (job: string): string => `/api/jobs/${job}/log`;

export const getLog = async (
  job: string,
  offset: number,
  aborted: AbortSignal,
): Promise<{ bytes: Uint8Array; next: number; isComplete: boolean }> => {
  const reply = await call(`${toLogPath(job)}?offset=${offset}&waitMs=${HOLD_MS}`, aborted, {}, HOLD_MS);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const next = Number(reply.headers.get('log-offset') ?? offset + bytes.length);
  return { bytes, next, isComplete: reply.headers.get('log-complete') === 'true' };
};

export const stopPipeline = (id: string): Promise<void> => post(`/api/pipelines/${id}/stop`, {});
/** What runs is killed, an irreversible step too. */
export const forcePipeline = (id: string): Promise<void> =>
  post(`/api/pipelines/${id}/stop`, { reason: 'killed by the operator', force: true });
export const resolvePipeline = (id: string, resolution: ResolvePipeline): Promise<void> =>
  post(`/api/pipelines/${id}/resolve`, resolution);
export const approveJob = (id: string, comment: string): Promise<void> => post(`/api/jobs/${id}/approve`, { comment });
export const rejectJob = (id: string, comment: string): Promise<void> => post(`/api/jobs/${id}/reject`, { comment });
