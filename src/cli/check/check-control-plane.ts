import { createApi } from '../../io/api.ts';
import type { RunnerConfig } from '../../io/config.ts';
import type { Clock } from '../../io/clock.ts';
import type { Http } from '../../io/http.ts';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import type { Finding } from './finding.ts';

const TIMEOUT_MS = 5000;
/** No version of the protocol: a control plane that knows the token refuses it without opening a session. */
const NO_PROTOCOL = 0;
const subject = 'control plane';

const failed = (error: unknown): Finding => {
  const { message, hint } = toReason(error);
  return { subject, level: 'failed', says: message, ...(hint !== undefined && { remedy: hint }) };
};

/** Whether the configured control plane answers, and knows the token. A runner that holds the token now is not disturbed. */
export const checkEndpoint = async (config: RunnerConfig, http: Http): Promise<Finding> => {
  const api = createApi({ endpoint: config.endpoint, http, timeoutMs: TIMEOUT_MS, onDesired: () => undefined });
  const request = {
    instanceId: 'check-only',
    bootId: 'check-only',
    name: config.name,
    version: '0',
    slots: 1,
    running: [],
  };
  try {
    await api.openSession(config.token, { ...request, protocol: NO_PROTOCOL });
    return failed(new Error(`${config.endpoint} opened a session for a protocol that does not exist.`));
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== 'PROTOCOL_VERSION') return failed(error);
    return { subject, level: 'ok', says: `${config.endpoint} answers, and knows the token.` };
  }
};

/** Whether the control plane that this user has up answers. */
export const checkLive = async (live: { url: string } | null, http: Http, clock: Clock): Promise<Finding> => {
  if (live === null) return { subject, level: 'ok', says: 'None of this user is up; `up` and `run` bring their own.' };
  const started = clock.elapsed();
  try {
    const reply = await http.request({ method: 'GET', url: `${live.url}/readyz`, timeoutMs: TIMEOUT_MS });
    await reply.discard();
    if (reply.status !== 200) throw new Error(`it answers ${reply.status}`);
    return { subject, level: 'ok', says: `${live.url} answers (${clock.elapsed() - started} ms).` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return failed(new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint: live.url, problem }));
  }
};
