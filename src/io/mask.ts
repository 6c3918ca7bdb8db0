import { createFinder, type Finder } from './mask/finder.ts';
import { toPatterns } from './mask/patterns.ts';

export { toPatterns } from './mask/patterns.ts';

/**
 * Replaces secrets in a stream of bytes by `***`. The output is a function of the whole stream, however it is cut into
 * chunks: every byte that belongs to an occurrence of any pattern is covered; occurrences that overlap share one `***`,
 * those that only touch have one each. Held back is only what may still turn out to be covered.
 */
export interface Masker {
  /** The bytes decided so far. They stay valid until the next `push` or `end`, whatever becomes of `chunk`. */
  push(chunk: Uint8Array): Uint8Array;
  /** The rest. Afterwards the masker begins anew. */
  end(): Uint8Array;
  /**
   * How many of the bytes pushed are held back. All before them are decided for good: a fresh masker that goes on from
   * there (raw offset = pushed − pending) writes what this one would.
   */
  readonly pending: number;
  /** Indices of the secrets that are too short to be masked. */
  readonly ignored: readonly number[];
  /** One whole text, apart from the stream. */
  text(text: string): string;
  /** For another stream under the same secrets, without preparing them again. */
  fresh(): Masker;
}

const MASK = new Uint8Array(Buffer.from('***'));

export const createMasker = (secrets: readonly string[]): Masker => {
  const patternsOf = secrets.map(toPatterns);
  const finder = createFinder(patternsOf.flat());
  const ignored = patternsOf.flatMap((patterns, index) => (patterns.length === 0 ? [index] : []));
  const create = (): Masker => createStream(finder, ignored, create);
  return create();
};

const createStream = (finder: Finder, ignored: readonly number[], fresh: () => Masker): Masker => {
  /** Bytes held back from the chunks before. */
  let held = new Uint8Array(0);
  let heldLength = 0;
  /** An occurrence that began before the held bytes and covers the first `openLength` of them; 0: none. */
  let openLength = 0;
  let openBefore = 0;
  let joined = new Uint8Array(0);
  let output = new Uint8Array(0);

  const decide = (bytes: Uint8Array, isLast: boolean): Uint8Array => {
    const { length } = bytes;
    if (output.length < length + MASK.length) output = new Uint8Array(2 * (length + MASK.length));
    const hold = isLast ? length : finder.holdFrom(bytes, length);
    const ranges = finder.find(bytes, length);
    if (openLength > 0) {
      let end = openLength;
      while (ranges[0] && ranges[0].start < end) end = Math.max(end, ranges.shift()!.end);
      ranges.unshift({ start: -openBefore, end });
    }
    let written = 0;
    let cursor = 0;
    const copy = (to: number) => {
      if (to <= cursor) return;
      output.set(bytes.subarray(cursor, to), written);
      written += to - cursor;
    };
    openLength = 0;
    openBefore = 0;
    for (const { start, end } of ranges) {
      if (start >= hold) break;
      copy(start);
      cursor = end;
      if (end > hold) {
        openLength = end - hold;
        openBefore = hold - start;
        break;
      }
      output.set(MASK, written);
      written += MASK.length;
    }
    copy(hold);
    heldLength = length - hold;
    if (held.length < heldLength) held = new Uint8Array(2 * heldLength);
    held.set(bytes.subarray(hold, length));
    return output.subarray(0, written);
  };

  const decideWith = (chunk: Uint8Array, isLast: boolean): Uint8Array => {
    if (heldLength === 0) return decide(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), isLast);
    const length = heldLength + chunk.length;
    if (joined.length < length) joined = new Uint8Array(2 * length);
    joined.set(held.subarray(0, heldLength));
    joined.set(chunk, heldLength);
    return decide(joined.subarray(0, length), isLast);
  };

  return {
    ignored,
    fresh,
    push: (chunk) => decideWith(chunk, false),
    end: () => decideWith(new Uint8Array(0), true),
    get pending() {
      return openBefore + heldLength;
    },
    text: (text) => {
      const bytes = Buffer.from(text);
      if (finder.find(bytes, bytes.length).length === 0) return text;
      const stream = fresh();
      const head = Buffer.from(stream.push(bytes));
      return Buffer.concat([head, stream.end()]).toString();
    },
  };
};
