import { randomBytes, randomInt } from 'node:crypto';
import { customAlphabet } from 'nanoid';

/** The one door for chance: ids, tokens, jitter. */
export interface Ids {
  /** `job` → `job_` and 16 characters of `0-9a-z` (82 bits). */
  create(prefix: string): string;
  /** A secret: `sbx_KIND_` and 32 random bytes in base64url. */
  createToken(kind: 'runner' | 'session' | 'job' | 'operator' | 'link'): string;
  /** A number in [0, 1). */
  random(): number;
}

export const createIds = (): Ids => {
  const generate = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 16);
  return {
    create: (prefix) => `${prefix}_${generate()}`,
    createToken: (kind) => `sbx_${kind}_${randomBytes(32).toString('base64url')}`,
    random: () => randomInt(2 ** 32) / 2 ** 32,
  };
};
