/** Where in some bytes a pattern lies: [start, end). */
export interface Range {
  start: number;
  end: number;
}

/** Adds one at the end of `ranges`, joined with those there that it overlaps. */
export const addRange = (ranges: Range[], start: number, end: number): void => {
  let from = start;
  let to = end;
  for (let last = ranges.at(-1); last && last.end > from && last.start < to; last = ranges.at(-1)) {
    from = Math.min(from, last.start);
    to = Math.max(to, last.end);
    ranges.pop();
  }
  ranges.push({ start: from, end: to });
};

/** In order, overlapping ones joined; such as only touch stay apart. */
export const joinRanges = (ranges: readonly Range[]): Range[] => {
  const joined: Range[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
};
