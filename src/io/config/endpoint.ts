import { SignalboxError } from '../../protocol/errors.ts';

/** The vendor whose runner reads the same file: a token of ours must not reach it, not even as a failed sign-in. */
const FOREIGN = 'brainboard.co';

/** Why the address will not do, as the rest of a sentence; null: it will. */
const toProblem = (text: string): string | null => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return `\`${text}\` is no http or https address`;
  if (url.username !== '' || url.password !== '') return 'it holds a user name or a password; the token is enough';
  if (url.search !== '' || url.hash !== '') return 'it has a query or a fragment';
  return null;
};

/** The control plane's address. Throws `CONFIG_NO_ENDPOINT`, `CONFIG_FOREIGN_ENDPOINT` or `CONFIG_INVALID`: before any request. */
export const readEndpoint = (text: string | undefined, file: string): string => {
  if (text === undefined || text.trim() === '') throw new SignalboxError('CONFIG_NO_ENDPOINT');
  const host = URL.parse(text.trim())?.hostname.replace(/\.+$/, '') ?? '';
  if (host === FOREIGN || host.endsWith(`.${FOREIGN}`)) {
    throw new SignalboxError('CONFIG_FOREIGN_ENDPOINT', { endpoint: host });
  }
  const problem = toProblem(text.trim());
  if (problem !== null) throw new SignalboxError('CONFIG_INVALID', { file, problem: `api.endpoint: ${problem}` });
  return text.trim().replace(/\/+$/, '');
};
