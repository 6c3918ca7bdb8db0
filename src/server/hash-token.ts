import { createHash } from 'node:crypto';

/** What the tables keep of a token. Tokens are 32 random bytes, so a plain digest is enough. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
