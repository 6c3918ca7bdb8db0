import { timingSafeEqual } from 'node:crypto';

/** `Authorization: Bearer TOKEN` → TOKEN. */
export const toBearer = (header: string | undefined): string | null =>
  /^Bearer +([\w.~+/=-]{1,500}) *$/i.exec(header ?? '')?.[1] ?? null;

/** In constant time. */
export const isSameHash = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
