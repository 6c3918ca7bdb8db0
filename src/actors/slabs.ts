/** Bytes in order, between who makes them and who takes them, in memory that is used again. */
export interface Slabs {
  /** Copies them in. */
  add(bytes: Uint8Array): void;
  /** The first bytes, as many as lie together; they stay as they are until they are dropped. Empty: there are none. */
  first(): Uint8Array;
  /** Lets go of the first `count` bytes. */
  drop(count: number): void;
  /** Lets go of all; what `first` gave stays as it is, because it may still be on its way. */
  clear(): void;
}

interface Slab {
  bytes: Uint8Array;
  from: number;
  to: number;
}

/** Most logs are small: the first slab is as small. */
const MIN_BYTES = 4096;

/**
 * A fresh megabyte for each megabyte of a log costs more than all the rest that is done with it: a collection, and the
 * kernel's zeroes.
 */
export const createSlabs = (slabBytes: number): Slabs => {
  let slabs: Slab[] = [];
  let spare: Uint8Array[] = [];

  const open = (wanted: number): Slab => {
    const known = spare.pop();
    const size = Math.min(slabBytes, Math.max(MIN_BYTES, wanted, slabs.length > 0 ? slabBytes : 0));
    const bytes = known ?? new Uint8Array(size);
    const slab = { bytes, from: 0, to: 0 };
    slabs.push(slab);
    return slab;
  };
  const recycle = ({ bytes }: Slab): void => {
    if (bytes.length === slabBytes) spare.push(bytes);
  };

  return {
    add: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const last = slabs.at(-1);
        const slab = last && last.to < last.bytes.length ? last : open(bytes.length - at);
        const part = bytes.subarray(at, at + slab.bytes.length - slab.to);
        slab.bytes.set(part, slab.to);
        slab.to += part.length;
        at += part.length;
      }
    },
    first: () => {
      const [slab] = slabs;
      return slab ? slab.bytes.subarray(slab.from, slab.to) : new Uint8Array(0);
    },
    drop: (count) => {
      for (let left = count; left > 0 && slabs[0];) {
        const [slab] = slabs;
        const part = Math.min(left, slab.to - slab.from);
        slab.from += part;
        left -= part;
        if (slab.from < slab.to) continue;
        slabs.shift();
        recycle(slab);
      }
    },
    clear: () => {
      slabs = [];
      spare = [];
    },
  };
};
