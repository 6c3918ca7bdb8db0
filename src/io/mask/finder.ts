import { addRange, joinRanges, type Range } from './ranges.ts';
import { createSkipSearch } from './skip-search.ts';
import { createTrie } from './trie.ts';

export interface Finder {
  /** Every occurrence of every pattern in the first `length` bytes, joined where they overlap, in order. */
  find(bytes: Uint8Array, length: number): Range[];
  /** From where on those bytes may still belong to an occurrence that is not complete: a proper prefix of a pattern. */
  holdFrom(bytes: Uint8Array, length: number): number;
}

/** Patterns below this length have a search of their own: the shortest one bounds how far a search can skip. */
const LONG_BYTES = 6;

export const createFinder = (patterns: readonly Uint8Array[]): Finder => {
  const trie = createTrie(patterns);
  const short = patterns.filter(({ length }) => length < LONG_BYTES);
  const long = patterns.filter(({ length }) => length >= LONG_BYTES);
  const searches = [short, long]
    .filter(({ length }) => length > 0)
    .map((some) => createSkipSearch(some, Math.min(...some.map(({ length }) => length)), trie));

  return {
    holdFrom: trie.holdFrom,
    find: (bytes, length) => {
      const found: Range[] = [];
      const add = (start: number, end: number) => addRange(found, start, end);
      let reached = length;
      for (const search of searches) reached = Math.min(reached, search.scan(bytes, length, add));
      // Output that is nearly all secrets: from here on every byte is read once.
      if (reached < length) trie.walk(bytes, reached, length, add);
      return searches.length > 1 || reached < length ? joinRanges(found) : found;
    },
  };
};
