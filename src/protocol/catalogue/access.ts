import { type Entry, entry } from './entry.ts';

/** Who may call, and what a call may look like. */
export const ACCESS_ERRORS = {
  UNAUTHENTICATED: entry(
    401,
    2,
    'The call carries no valid token.',
    'Send `Authorization: Bearer TOKEN`; for the browser, open a fresh link from `signalbox up`.',
  ),
  RATE_LIMITED: entry(
    429,
    1,
    'Too many calls from {address} carried no valid token.',
    'Wait {seconds} s, then send a valid one.',
  ),
  FORBIDDEN_HOST: entry(
    403,
    2,
    'The request names the host {host}, which this control plane does not serve.',
    'Open it under the address that it printed, or allow the name with `--public-url`.',
  ),
  FORBIDDEN_ORIGIN: entry(
    403,
    2,
    'The request comes from the page of another origin, {origin}.',
    'Only pages of this control plane may call it.',
  ),
  RUNNER_TOKEN_UNKNOWN: entry(
    401,
    2,
    'The runner token is not known here.',
    'Make one with `signalbox token create` and give it to this runner.',
  ),
  RUNNER_TOKEN_REVOKED: entry(401, 2, 'The runner token was revoked.', 'Make a new one with `signalbox token create`.'),
  RUNNER_TOKEN_IN_USE: entry(
    409,
    2,
    'The runner token is in use by another live runner, {holder}, since {since}.',
    'One token serves one runner; make another with `signalbox token create`.',
  ),
  SESSION_OVER: entry(401, 1, 'The runner session is over: {problem}.', 'The runner opens a new one by itself.'),
  PROTOCOL_VERSION: entry(
    426,
    2,
    'The runner speaks protocol {runner}, the control plane {server}.',
    'Upgrade the older of the two.',
  ),
  REQUEST_INVALID: entry(400, 2, 'The request is not valid: {problem}.', 'See docs/protocol.md for the message.'),
  NOT_FOUND: entry(
    404,
    2,
    'There is no {thing} {id}.',
    'Check the id; ids of another organisation are not found either.',
  ),
  TOO_LARGE: entry(
    413,
    2,
    '{thing} has {size} bytes; the limit is {limit}.',
    'Make it smaller, or raise the limit where it is configured.',
  ),
  DIGEST_MISMATCH: entry(
    412,
    1,
    'The bytes of {thing} do not have the digest they were sent under.',
    'Send them again.',
  ),
} as const satisfies Record<string, Entry>;
