import type { Trie } from './trie.ts';

/** Finds where patterns begin, skipping most bytes (Wu–Manber); tells the longest pattern at each such place. */
export interface SkipSearch {
  /** Answers how far it came: short of the end only where looking closer cost more than reading every byte would. */
  scan(bytes: Uint8Array, length: number, found: (start: number, end: number) => void): number;
}

/** Bytes looked at closely, per byte passed, beyond which skipping no longer pays. */
const MAX_WORK = 1;
/** Up to this many patterns a table of byte pairs is sparse enough; beyond it, of triples. */
const MAX_PAIRS = 600;
const TRIPLE_BITS = 17;

/** `patterns` are all at least `window` bytes long; only their first `window` bytes steer the skipping. */
export const createSkipSearch = (patterns: readonly Uint8Array[], window: number, trie: Trie): SkipSearch => {
  const block = patterns.length > MAX_PAIRS && window >= 5 ? 3 : 2;
  const skips = new Uint8Array(block === 2 ? 65536 : 2 ** TRIPLE_BITS).fill(Math.min(255, window - block + 1));
  const begins = new Uint8Array(65536);
  for (const pattern of patterns) {
    begins[((pattern[0] as number) << 8) | (pattern[1] as number)] = 1;
    for (let last = block - 1; last < window; last++) {
      const at = block === 2 ? pair(pattern, last) : triple(pattern, last);
      skips[at] = Math.min(skips[at] as number, window - 1 - last);
    }
  }

  const look = (bytes: Uint8Array, length: number, start: number, found: (start: number, end: number) => void) => {
    let node = 0;
    let at = start;
    let longest = 0;
    while (at < length) {
      node = trie.child(node, bytes[at] as number);
      if (node === 0) break;
      at++;
      if (trie.lengthAt(node) !== 0) longest = at - start;
    }
    if (longest !== 0) found(start, start + longest);
    return at - start + 1;
  };

  // Two loops that differ in one line: with a function called for each block they would run at half the speed.
  const scanPairs: SkipSearch['scan'] = (bytes, length, found) => {
    let work = -1024;
    let last = window - 1;
    while (last < length) {
      const skip = skips[((bytes[last - 1] as number) << 8) | (bytes[last] as number)] as number;
      if (skip !== 0) {
        last += skip;
        continue;
      }
      const start = last - window + 1;
      if (begins[((bytes[start] as number) << 8) | (bytes[start + 1] as number)] === 1) {
        work += look(bytes, length, start, found);
        if (work > start * MAX_WORK) return start + 1;
      }
      last++;
    }
    return length;
  };

  const scanTriples: SkipSearch['scan'] = (bytes, length, found) => {
    let work = -1024;
    let last = window - 1;
    while (last < length) {
      const skip = skips[triple(bytes, last)] as number;
      if (skip !== 0) {
        last += skip;
        continue;
      }
      const start = last - window + 1;
      if (begins[((bytes[start] as number) << 8) | (bytes[start + 1] as number)] === 1) {
        work += look(bytes, length, start, found);
        if (work > start * MAX_WORK) return start + 1;
      }
      last++;
    }
    return length;
  };

  return { scan: block === 2 ? scanPairs : scanTriples };
};

const pair = (bytes: Uint8Array, last: number): number => ((bytes[last - 1] as number) << 8) | (bytes[last] as number);
const triple = (bytes: Uint8Array, last: number): number =>
  (((bytes[last - 2] as number) << 10) ^ ((bytes[last - 1] as number) << 5) ^ (bytes[last] as number)) &
  (2 ** TRIPLE_BITS - 1);
