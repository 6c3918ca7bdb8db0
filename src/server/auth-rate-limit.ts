import type { Clock } from '../io/clock.ts';
import { SignalboxError } from '../protocol/errors.ts';

export interface RateLimit {
  /** Throws `RATE_LIMITED` where the address has used up its failures. */
  check(address: string): void;
  /** One more failure of the address. */
  fail(address: string): void;
}

const BURST = 20;
const REFILL_MS = 1000;
const MAX_ADDRESSES = 10_000;

/** A small bucket of failures for each address: 20, and one more each second. */
export const createRateLimit = (clock: Pick<Clock, 'elapsed'>): RateLimit => {
  const buckets = new Map<string, { left: number; at: number }>();
  const leftOf = (address: string): number => {
    const bucket = buckets.get(address);
    return bucket ? Math.min(BURST, bucket.left + (clock.elapsed() - bucket.at) / REFILL_MS) : BURST;
  };
  const forgetFull = () => {
    for (const address of buckets.keys()) if (leftOf(address) >= BURST) buckets.delete(address);
  };
  return {
    check: (address) => {
      const left = leftOf(address);
      if (left < 1) {
        const seconds = Math.ceil(((1 - left) * REFILL_MS) / 1000);
        throw new SignalboxError('RATE_LIMITED', { address, seconds });
      }
    },
    fail: (address) => {
      if (buckets.size >= MAX_ADDRESSES) forgetFull();
      // Still too many: a flood from everywhere; the oldest is forgotten rather than memory lost.
      if (buckets.size >= MAX_ADDRESSES) buckets.delete(buckets.keys().next().value ?? '');
      const left = Math.max(0, leftOf(address) - 1);
      buckets.delete(address);
      buckets.set(address, { left, at: clock.elapsed() });
    },
  };
};
