import { now, toMoment } from '../clock.ts';
import { toAgo, toElapsed } from '../format.ts';

/** How long something has been going on, or went on. Counts by itself. */
export const Elapsed = ({ of }: { of: { startedAt: number | null; finishedAt: number | null } }) => (
  <span class="number">{of.finishedAt === null ? toElapsed(of, now.value) : toElapsed(of, 0)}</span>
);

export const Ago = ({ at }: { at: number }) => {
  const { iso, local } = toMoment(at);
  return (
    <time class="number" dateTime={iso} title={local}>
      {toAgo(now.value - at)}
    </time>
  );
};
