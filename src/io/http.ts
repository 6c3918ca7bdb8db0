import { Readable } from 'node:stream';
import type { Dispatcher, EnvHttpProxyAgent as ProxyAgent } from 'undici';
import sendRequest from 'undici/lib/api/api-request.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import type { Clock } from './clock.ts';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  signal?: AbortSignal;
  /** From the call to the last byte of the reply; without it only silence ends the call. */
  timeoutMs?: number;
  /** Longest silence before the head of the reply, and between parts of its body. */
  idleMs?: number;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; a header that came several times is joined by `, `. */
  headers: Readonly<Record<string, string>>;
  /** Read it, take its `bytes`, or `discard` it: until then it holds its connection. */
  body: AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
  discard(): Promise<void>;
}

/** The HTTP door: one pool of kept-alive connections, through the proxy that the environment names. */
export interface Http {
  /** Any status is an answer; throws `HttpFailure` where there was none. Follows no redirect. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends what is still under way. */
  close(): Promise<void>;
}

/** No answer. `code`: `TIMED_OUT`, `ABORTED`, or what the network said (`ECONNREFUSED`, `ENOTFOUND` …). */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: string;
  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const IDLE_MS = 30_000;
const NEVER_BY_PROXY = ['localhost', '127.0.0.1', '::1'];

const toFailure = (error: unknown, request: HttpRequest, isTimedOut: boolean): HttpFailure => {
  const { host } = new URL(request.url);
  if (isTimedOut) return new HttpFailure('TIMED_OUT', `${host} did not answer within ${request.timeoutMs} ms`, error);
  if (request.signal?.aborted) return new HttpFailure('ABORTED', `the request to ${host} was given up`, error);
  const { code = 'UNEXPECTED', message } = error as NodeJS.ErrnoException;
  if (/^UND_ERR_(HEADERS|BODY|CONNECT)_TIMEOUT$/.test(code)) {
    return new HttpFailure('TIMED_OUT', `${host} said nothing for ${request.idleMs ?? IDLE_MS} ms`, error);
  }
  // Where a name has several addresses, the error of each is inside and the message outside is empty.
  return new HttpFailure(code, `${host}: ${message === '' ? code : message}`, error);
};

const toHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const toBody = (body: HttpRequest['body']) =>
  body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array
    ? (body ?? null)
    : Readable.from(body, { objectMode: false });

export const createHttp = (options: { clock: Clock }): Http => {
  const { clock } = options;
  const named = process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '';
  const agentOptions: ProxyAgent.Options = {
    noProxy: [named, ...NEVER_BY_PROXY].filter((entry) => entry !== '').join(','),
    allowH2: false,
    keepAliveTimeout: 30_000,
  };
  const agent = new EnvHttpProxyAgent(agentOptions) as ProxyAgent;
  const send = (options: Dispatcher.RequestOptions) =>
    sendRequest.call(agent, options) as Promise<Dispatcher.ResponseData>;

  const request = async (wanted: HttpRequest): Promise<HttpResponse> => {
    const { method, url, headers = {}, timeoutMs, idleMs = IDLE_MS } = wanted;
    const { origin, pathname, search } = new URL(url);
    const stopper = new AbortController();
    const giveUp = () => stopper.abort();
    let isTimedOut = false;
    const deadline = () => {
      isTimedOut = true;
      stopper.abort();
    };
    const timer = timeoutMs === undefined ? null : clock.setTimeout(deadline, timeoutMs);
    wanted.signal?.addEventListener('abort', giveUp, { once: true });
    if (wanted.signal?.aborted) giveUp();
    const settle = () => {
      if (timer !== null) clock.clearTimeout(timer);
      wanted.signal?.removeEventListener('abort', giveUp);
    };
    // The idle limits step back where the deadline is the only one asked for: a long poll is silent on purpose.
    const silenceMs = timeoutMs !== undefined && wanted.idleMs === undefined ? 0 : idleMs;
    try {
      const reply = await send({
        origin,
        path: `${pathname}${search}`,
        method,
        headers,
        body: toBody(wanted.body),
        signal: stopper.signal,
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
      });
      reply.body.once('close', settle);
      const guard = async <T>(read: () => Promise<T>): Promise<T> => {
        try {
          return await read();
        } catch (error) {
          throw toFailure(error, wanted, isTimedOut);
        }
      };
      const parts = async function* () {
        try {
          for await (const part of reply.body as AsyncIterable<Uint8Array>) yield part;
        } catch (error) {
          throw toFailure(error, wanted, isTimedOut);
        }
      };
      return {
        status: reply.statusCode,
        headers: toHeaders(reply.headers),
        body: { [Symbol.asyncIterator]: parts },
        bytes: () => guard(() => reply.body.bytes()),
        text: () => guard(() => reply.body.text()),
        discard: () => guard(() => reply.body.dump()),
      };
    } catch (error) {
      settle();
      throw toFailure(error, wanted, isTimedOut);
    }
  };
  return { request, close: () => agent.destroy() };
};
