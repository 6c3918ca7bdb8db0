import { toPlainLines } from './plain-lines.ts';

/**
 * What a tool's words say about a failure. `transient`: the network, a name server, a registry or an endpoint was not
 * well, and the same command may succeed a moment later. `permanent`: it will not. The words were collected from
 * Terraform 1.11 and OpenTofu 1.12 (test/fixtures/tool-failures), whose texts come from Go, git, ssh and curl.
 */
export type FailureSign = { kind: 'transient' | 'permanent'; words: string };

/** Refused, missing, or not to be trusted: nothing of it gets better by waiting. One such sign beats all others. */
const PERMANENT = [
  /\b(?:400 Bad Request|401 Unauthorized|403 Forbidden|404 Not Found|410 Gone)\b/i,
  /(?:bad response code|requested URL returned error|StatusCode): 4(?:0[013456]|10)\b/,
  /x509: [^"]{0,80}|certificate verif(?:y|ication) failed|certificate has expired/i,
  /(?:requires auth\w*|invalid auth\b|rejected the given authentication credentials)/,
  /(?:could not read (?:Username|Password)|Authentication failed|Permission denied|Host key verification failed)/i,
  /(?:doesn't|does not|don't|do not|didn't|did not) match any of the checksums/i,
  /(?:no available releases match|no available version of module|cannot be found in the module registry)/i,
  /does not have a provider named/,
  /(?:repository|remote branch) \S+ not found/i,
];

const TRANSIENT = [
  /connect(?:ion)?:? (?:refused|reset(?: by peer)?|timed out|closed by remote host)/i,
  /\bconnection (?:reset|closed) by \S+ port -?\d+/i,
  /\b(?:network is unreachable|no route to host|host is (?:down|unreachable)|broken pipe)\b/i,
  /\b(?:no such host|temporary failure in name resolution|server misbehaving|name or service not known)\b/i,
  /could not resolve (?:host|hostname|proxy)\b/i,
  /\b(?:i\/o timeout|TLS handshake timeout|context deadline exceeded|operation timed out|timeout awaiting response)\b/i,
  /\bClient\.Timeout (?:exceeded|or context cancellation)\b/,
  /: (?:unexpected )?EOF\b/,
  /\b(?:failed to connect to \S+ port \d+|couldn't connect to server|empty reply from server|recv failure)\b/i,
  /\b(?:the remote end hung up unexpectedly|early EOF|RPC failed|unexpected disconnect while reading sideband)\b/i,
  /\bHTTP\/2 stream \d+ was not closed cleanly|\bGnuTLS recv error|\bhttp2: (?:server sent GOAWAY|client connection lost)/i,
  /\b(?:429 Too Many Requests|500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)\b/i,
  /(?:bad response code|requested URL returned error|StatusCode): (?:429|500|502|503|504)\b/,
  // A state backend over HTTP names no status once it has given up; it only tries again what may pass.
  /\bgiving up after \d+ attempt\(s\)/,
  /\b(?:rate exceeded|request limit exceeded|RequestLimitExceeded|ThrottlingException|rateLimitExceeded|throttled)\b/i,
  /\btimeout while waiting for plugin to start\b/,
];

/** One line of words: no colours, no box, no quoted code, no wrapping. */
const toWords = (text: string | null): string =>
  toPlainLines(text)
    .filter((line) => !/^\s+\d+:/.test(line))
    .join(' ')
    .replaceAll(/\s+/g, ' ');

const find = (words: string, signs: readonly RegExp[]): string | undefined =>
  signs.map((sign) => sign.exec(words)?.[0]).find((found) => found !== undefined);

/** The sign in a tool's text; null: it says nothing of this kind, as with errors in the code. */
export const findFailureSign = (text: string | null): FailureSign | null => {
  const words = toWords(text);
  const permanent = find(words, PERMANENT);
  if (permanent !== undefined) return { kind: 'permanent', words: permanent };
  const transient = find(words, TRANSIENT)?.replace(/^: /, '');
  return transient === undefined ? null : { kind: 'transient', words: transient };
};
