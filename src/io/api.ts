import type * as z from 'zod';
import { fromWire, SignalboxError } from '../protocol/errors.ts';
import {
  DESIRED_HEADER,
  Desired,
  Events,
  FENCE_HEADER,
  LOG_OFFSET_HEADER,
  Permit,
  Renew,
  ResultReply,
  type ArtifactRef,
  type EventsReply,
  type PermitReply,
  type RenewReply,
  type RenewRequest,
  type Result,
  type StampedEvent,
} from '../protocol/attempt.ts';
import type { StateHead } from '../protocol/job.ts';
import {
  Claim,
  Decline,
  Drain,
  Poll,
  Session,
  type ClaimReply,
  type ClaimRequest,
  type PollReply,
  type PollRequest,
  type SessionReply,
  type SessionRequest,
} from '../protocol/runner.ts';
import { HttpFailure, type Http, type HttpRequest, type HttpResponse } from './http.ts';

/**
 * The control plane, as a runner calls it: fourteen calls, every one idempotent, every one with a deadline. A refusal is thrown as
 * the `SignalboxError` that it is; silence, a broken connection and any 5xx as `CONTROL_PLANE_UNREACHABLE`.
 */
export interface Api {
  openSession(runnerToken: string, request: SessionRequest): Promise<SessionReply>;
  poll(sessionToken: string, request: PollRequest, signal: AbortSignal): Promise<PollReply>;
  claim(sessionToken: string, request: ClaimRequest): Promise<ClaimReply>;
  decline(sessionToken: string, request: z.infer<typeof Decline.Request>): Promise<void>;
  drain(sessionToken: string, request: z.infer<typeof Drain.Request>): Promise<void>;
  /** The calls about one attempt, under its job token and fence. */
  attempt(options: { attempt: string; fence: number; jobToken: string }): AttemptApi;
}

export interface AttemptApi {
  permit(step: string): Promise<PermitReply>;
  renew(request: Omit<RenewRequest, 'fence'>): Promise<RenewReply>;
  sendEvents(events: StampedEvent[]): Promise<EventsReply>;
  /** Returns the offset that the server wants next: `offset + bytes.length`, or another one where it does not fit. */
  appendLog(offset: number, bytes: Uint8Array): Promise<number>;
  readState(): Promise<Uint8Array | null>;
  writeState(head: StateHead, bytes: Uint8Array): Promise<void>;
  readArtifact(sha256: string): Promise<AsyncIterable<Uint8Array>>;
  writeArtifact(artifact: ArtifactRef, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  sendResult(result: Result): Promise<ResultReply>;
}

const TRANSFER_TIMEOUT_MS = 10 * 60_000;

export const createApi = (options: {
  endpoint: string;
  http: Http;
  timeoutMs: number;
  /** Hears the desired state that came with any reply about an attempt. */
  onDesired: (attempt: string, desired: Desired) => void;
}): Api => {
  const { http, timeoutMs } = options;
  const endpoint = options.endpoint.replace(/\/+$/, '');

  const call = async (
    token: string,
    request: Pick<HttpRequest, 'method' | 'body'> & {
      path: string;
      headers?: Record<string, string>;
      signal?: AbortSignal;
      timeoutMs?: number;
    },
  ): Promise<HttpResponse> => {
    const unreachable = (problem: string, cause?: unknown) =>
      new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint, problem }, { cause });
    let reply: HttpResponse;
    try {
      reply = await http.request({
        method: request.method,
        url: `${endpoint}${request.path}`,
        headers: { authorization: `Bearer ${token}`, ...request.headers },
        body: request.body ?? null,
        timeoutMs: request.timeoutMs ?? timeoutMs,
        ...(request.signal && { signal: request.signal }),
      });
      if (reply.status < 400 || reply.status === 416) return guardBody(reply, unreachable);
      const text = await reply.text();
      if (reply.status >= 500 && reply.status !== 507) throw unreachable(`it answers ${reply.status}`);
      throw fromWire(parseJson(text));
    } catch (error) {
      if (error instanceof HttpFailure) throw unreachable(error.message, error);
      throw error;
    }
  };

  const json = async <T>(
    token: string,
    method: HttpRequest['method'],
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    extra: { signal?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    const reply = await call(token, { method, path, headers, body: JSON.stringify(body), ...extra });
    const parsed = schema.safeParse(parseJson(await reply.text()));
    if (parsed.success) return parsed.data;
    throw new SignalboxError('CONTROL_PLANE_UNREACHABLE', {
      endpoint,
      problem: 'its answer is not one of the protocol',
    });
  };

  return {
    openSession: (token, request) => json(token, 'POST', '/v1/sessions', request, Session.Reply),
    poll: (token, request, signal) =>
      json(token, 'POST', '/v1/poll', request, Poll.Reply, { signal, timeoutMs: request.waitMs + timeoutMs }),
    claim: (token, request) => json(token, 'POST', '/v1/claim', request, Claim.Reply),
    decline: async (token, request) => void (await json(token, 'POST', '/v1/decline', request, Decline.Reply)),
    drain: async (token, request) => void (await json(token, 'POST', '/v1/drain', request, Drain.Reply)),
    attempt: ({ attempt, fence, jobToken }) => {
      const base = `/v1/attempts/${attempt}`;
      const fenced = { [FENCE_HEADER]: String(fence) };
      const heard = <T extends { desired: Desired }>(reply: T): T => {
        options.onDesired(attempt, reply.desired);
        return reply;
      };
      const send = async (request: Parameters<typeof call>[1]): Promise<HttpResponse> => {
        const reply = await call(jobToken, { ...request, headers: { ...fenced, ...request.headers } });
        const desired = Desired.safeParse(reply.headers[DESIRED_HEADER]);
        if (desired.success) options.onDesired(attempt, desired.data);
        return reply;
      };
      const post = <T>(method: 'POST' | 'PUT', path: string, body: unknown, schema: z.ZodType<T>) =>
        json(jobToken, method, `${base}${path}`, body, schema);
      return {
        permit: async (step) => heard(await post('POST', '/permit', { fence, step }, Permit.Reply)),
        renew: async (request) => heard(await post('POST', '/renew', { fence, ...request }, Renew.Reply)),
        sendEvents: async (events) => heard(await post('POST', '/events', { fence, events }, Events.Reply)),
        appendLog: async (offset, bytes) => {
          const range = `bytes ${offset}-${offset + bytes.length - 1}/*`;
          const headers = { 'content-type': 'application/octet-stream', 'content-range': range };
          const reply = await send({ method: 'PATCH', path: `${base}/log`, headers, body: bytes });
          await reply.discard();
          return Number(reply.headers[LOG_OFFSET_HEADER] ?? offset + bytes.length);
        },
        readState: async () => {
          const reply = await send({ method: 'GET', path: `${base}/state`, timeoutMs: TRANSFER_TIMEOUT_MS });
          return reply.status === 204 ? (await reply.discard(), null) : reply.bytes();
        },
        writeState: async (head, bytes) => {
          const query = new URLSearchParams({
            lineage: head.lineage,
            serial: String(head.serial),
            sha256: head.sha256,
          });
          const headers = { 'content-type': 'application/json' };
          const path = `${base}/state?${query}`;
          await (await send({ method: 'PUT', path, headers, body: bytes, timeoutMs: TRANSFER_TIMEOUT_MS })).discard();
        },
        readArtifact: async (sha256) =>
          (await send({ method: 'GET', path: `${base}/artifacts/${sha256}`, timeoutMs: TRANSFER_TIMEOUT_MS })).body,
        writeArtifact: async ({ name, kind, sha256 }, body) => {
          const path = `${base}/artifacts/${sha256}?${new URLSearchParams({ name, kind })}`;
          const headers = { 'content-type': 'application/octet-stream' };
          await (await send({ method: 'PUT', path, headers, body, timeoutMs: TRANSFER_TIMEOUT_MS })).discard();
        },
        sendResult: (result) => post('PUT', '/result', result, ResultReply),
      };
    },
  };
};

/** A connection that breaks in the middle of a body is silence, too. */
const guardBody = (reply: HttpResponse, unreachable: (problem: string, cause?: unknown) => Error): HttpResponse => {
  const translate = (error: unknown): never => {
    throw error instanceof HttpFailure ? unreachable(error.message, error) : error;
  };
  const parts = async function* () {
    try {
      yield* reply.body;
    } catch (error) {
      translate(error);
    }
  };
  return {
    ...reply,
    body: { [Symbol.asyncIterator]: parts },
    bytes: () => reply.bytes().catch(translate),
    text: () => reply.text().catch(translate),
    discard: () => reply.discard().catch(translate),
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
