import { toPlain, type LogLines } from './log-lines.ts';

/** Finds the lines that hold `query`, whatever the case, and goes on where it stopped as the log grows. */
export const createFinder = (query: string): ((log: LogLines) => number[]) => {
  const wanted = query.toLowerCase();
  const found: number[] = [];
  let next = 1;
  return (log) => {
    if (wanted === '') return found;
    const from = Math.max(0, next - 1 - log.dropped);
    // The last line may still grow, so it is looked at again.
    const end = log.lines.length - 1;
    while (found.length > 0 && (found.at(-1) ?? 0) >= next) found.pop();
    for (let index = from; index <= end; index++) {
      if (
        toPlain(log.lines[index] ?? '')
          .toLowerCase()
          .includes(wanted)
      )
        found.push(log.dropped + index + 1);
    }
    next = Math.max(1, log.dropped + end + 1);
    return found;
  };
};
