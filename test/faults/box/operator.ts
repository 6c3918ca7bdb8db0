import { setTimeout as pause } from 'node:timers/promises';
import type { PipelineView } from '../../../src/protocol/rest.ts';
import { isFinal } from '../../../src/protocol/status.ts';

/** The operator's hand: asks again while the control plane is away. */
export interface Operator {
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  bytes(method: string, path: string, body?: Uint8Array): Promise<Uint8Array>;
  /** Until the pipeline is over. Null: it was not within `withinMs`. */
  settle(pipeline: string, withinMs: number): Promise<PipelineView | null>;
}

const RETRY_MS = 50;
const CALL_MS = 8000;

/** A refusal is an answer, and final. */
class Refused extends Error {}

export const createOperator = (
  target: { readonly url: string; readonly token: string },
  patienceMs: number,
): Operator => {
  const once = async (method: string, path: string, body: Uint8Array | string | null): Promise<Uint8Array> => {
    const reply = await fetch(`${target.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${target.token}`,
        ...(typeof body === 'string' && { 'content-type': 'application/json' }),
      },
      ...(body !== null && { body: typeof body === 'string' ? body : Buffer.from(body) }),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const bytes = new Uint8Array(await reply.arrayBuffer());
    if (reply.ok) return bytes;
    const said = `${method} ${path}: ${reply.status} ${Buffer.from(bytes).toString()}`;
    throw reply.status < 500 ? new Refused(said) : new Error(said);
  };
  const again = async (method: string, path: string, body: Uint8Array | string | null): Promise<Uint8Array> => {
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        return await once(method, path, body);
      } catch (error) {
        if (error instanceof Refused || performance.now() > until) throw error;
        await pause(RETRY_MS);
      }
    }
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    JSON.parse(Buffer.from(await again(method, path, body === undefined ? null : JSON.stringify(body))).toString());

  return {
    call,
    bytes: (method, path, body) => again(method, path, body ?? null),
    settle: async (pipeline, withinMs) => {
      const until = performance.now() + withinMs;
      let view = await call<PipelineView>('GET', `/api/pipelines/${pipeline}`);
      while (!isFinal(view.status)) {
        if (performance.now() > until) return null;
        view = await call('GET', `/api/pipelines/${pipeline}?after=${view.version}&waitMs=1000`);
      }
      return view;
    },
  };
};
