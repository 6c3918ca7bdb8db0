import type { Divergence } from '../divergence.ts';
import type { Life } from '../read.ts';
import type { Check } from './check.ts';

/** Events count up from 0 without a gap. A gap is told where it begins: what follows it would only diverge as its consequence. */
export const checkOrder = (life: Life): Check => {
  const gap = findGap(life);
  return (_, index) => (gap && index >= gap.index ? gap.divergence : null);
};

/** `index`: right behind the last event that stands where it belongs. */
const findGap = ({ entries }: Life): { index: number; divergence: Divergence } | null => {
  let index = 0;
  let next = 0;
  for (const [at, entry] of entries.entries()) {
    if (entry.kind !== 'event') continue;
    if (entry.seq !== next) {
      const isLater = entries.some((other, place) => place > at && other.kind === 'event' && other.seq === next);
      return { index, divergence: toDivergence(entry.seq, next, isLater) };
    }
    next += 1;
    index = at + 1;
  }
  return null;
};

const toDivergence = (seq: number, expected: number, isLater: boolean): Divergence => {
  if (seq < expected)
    return { kind: 'order', seq: null, problem: `entry ${seq} comes again after entry ${expected - 1}` };
  if (isLater) return { kind: 'order', seq: null, problem: `entry ${seq} comes before entry ${expected}` };
  const problem =
    seq === expected + 1 ? `entry ${expected} is missing` : `entries ${expected} to ${seq - 1} are missing`;
  return { kind: 'missing', seq: null, problem };
};
