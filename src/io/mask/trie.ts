/**
 * The patterns as one tree with failure links (Aho–Corasick). Its cost depends on the bytes read, not on how many patterns
 * there are. Node 0 is the root; `child` answers 0 where there is none.
 */
export interface Trie {
  child(node: number, byte: number): number;
  /** Length of the pattern that ends exactly here; 0: none. */
  lengthAt(node: number): number;
  /** Index from which `bytes` end in the longest proper prefix of some pattern; their length where there is none. */
  holdFrom(bytes: Uint8Array, length: number): number;
  /** Reads every byte from `from` on; at each place where a pattern ends, tells the longest one that ends there. */
  walk(bytes: Uint8Array, from: number, length: number, found: (start: number, end: number) => void): void;
}

/** Parent of each node, the byte that leads into it, its depth. A pattern's new nodes have successive numbers: most lookups end there. */
const createNodes = (capacity: number) => {
  const parent = new Int32Array(capacity + 1).fill(-1);
  const into = new Uint8Array(capacity + 1);
  const depth = new Int32Array(capacity + 1);
  /** Has children other than its successor. */
  const branches = new Uint8Array(capacity + 1);
  // Open addressing; a slot holds the child, whose own parent and byte are the key.
  const bits = Math.ceil(Math.log2(capacity * 2 + 2));
  const children = new Int32Array(2 ** bits);
  let count = 1;
  const slotOf = (node: number, byte: number): number => {
    let slot = Math.imul(node * 256 + byte, 0x9e3779b1) >>> (32 - bits);
    for (let at = children[slot] as number; at !== 0; at = children[slot] as number) {
      if (parent[at] === node && into[at] === byte) break;
      slot = (slot + 1) & (2 ** bits - 1);
    }
    return slot;
  };
  return {
    parent,
    depth,
    into,
    branches,
    size: () => count,
    child: (node: number, byte: number): number => {
      const next = node + 1;
      if (parent[next] === node && into[next] === byte) return next;
      return branches[node] === 0 ? 0 : (children[slotOf(node, byte)] as number);
    },
    add: (node: number, byte: number): number => {
      const slot = slotOf(node, byte);
      if (children[slot] === 0) {
        children[slot] = count;
        parent[count] = node;
        into[count] = byte;
        if (count !== node + 1) branches[node] = 1;
        depth[count] = (depth[node] as number) + 1;
        count++;
      }
      return children[slot] as number;
    },
  };
};

export const createTrie = (patterns: readonly Uint8Array[]): Trie => {
  const nodes = createNodes(patterns.reduce((sum, { length }) => sum + length, 1));
  const ends = new Map<number, number>();
  for (const pattern of patterns) {
    let node = 0;
    for (const byte of pattern) node = nodes.add(node, byte);
    ends.set(node, pattern.length);
  }
  const { child, parent, depth, into, branches } = nodes;
  const size = nodes.size();
  const longest = patterns.reduce((most, { length }) => Math.max(most, length), 0);
  const root = Int32Array.from({ length: 256 }, (_, byte) => child(0, byte));
  const own = new Int32Array(size);
  for (const [node, length] of ends) own[node] = length;
  const isInner = new Uint8Array(size);
  for (let node = 1; node < size; node++) isInner[parent[node] as number] = 1;

  const fail = new Int32Array(size);
  const ending = new Int32Array(size);
  const step = (node: number, byte: number): number => {
    for (let at = node; at !== 0; at = fail[at] as number) {
      if (parent[at + 1] === at && into[at + 1] === byte) return at + 1;
      const next = branches[at] === 0 ? 0 : child(at, byte);
      if (next !== 0) return next;
    }
    return root[byte] as number;
  };
  const byDepth = Int32Array.from({ length: size }, (_, node) => node).sort(
    (a, b) => (depth[a] as number) - (depth[b] as number),
  );
  for (const node of byDepth.subarray(1)) {
    const up = parent[node] as number;
    fail[node] = up === 0 ? 0 : step(fail[up] as number, into[node] as number);
    ending[node] = (own[node] as number) || (ending[fail[node] as number] as number);
  }

  return {
    child,
    lengthAt: (node) => own[node] as number,
    holdFrom: (bytes, length) => {
      let node = 0;
      for (let at = Math.max(0, length - longest + 1); at < length; at++) node = step(node, bytes[at] as number);
      while (node !== 0 && isInner[node] === 0) node = fail[node] as number;
      return length - (depth[node] as number);
    },
    walk: (bytes, from, length, found) => {
      let node = 0;
      for (let at = from; at < length; at++) {
        node = node === 0 ? (root[bytes[at] as number] as number) : step(node, bytes[at] as number);
        const matched = ending[node] as number;
        if (matched !== 0) found(at + 1 - matched, at + 1);
      }
    },
  };
};
