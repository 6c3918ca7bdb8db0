const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0.4 s`, `12 s`, `1 m 12 s`, `2 h 4 m`, `3 d 5 h`: never more than two numbers. */
export const toDuration = (ms: number, live = false): string => {
  const span = Math.max(0, ms);
  if (span < 10 * SECOND && !live) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} m ${Math.floor((span % MINUTE) / SECOND)} s`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ${Math.floor((span % HOUR) / MINUTE)} m`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
};

/** `just now`, `4 m ago`, `3 h ago`, `12 d ago`. */
export const toAgo = (ms: number): string => {
  if (ms < MINUTE) return 'just now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
};

export const toSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
};

/** From start to end, or to the present while it runs; nothing before it starts. */
export const toElapsed = (of: { startedAt: number | null; finishedAt: number | null }, now: number): string =>
  of.startedAt === null ? '' : toDuration((of.finishedAt ?? now) - of.startedAt, of.finishedAt === null);
