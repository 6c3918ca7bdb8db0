/** The value below which `share` of all lie. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median of the ratios of each round: neighbours that come and go disturb both sides of a round alike. */
export const medianRatio = (ours: readonly number[], floor: readonly number[]): number =>
  median(ours.map((value, round) => value / (floor[round] ?? NaN)));

/** Runs both sides `count` times, each first in every other round. */
export const alternate = async <T, F>(
  count: number,
  runOurs: (round: number) => Promise<T>,
  runFloor: (round: number) => Promise<F>,
): Promise<{ ours: T[]; floor: F[] }> => {
  const ours: T[] = [];
  const floor: F[] = [];
  for (let round = 0; round < count; round++) {
    if (round % 2 === 0) floor.push(await runFloor(round));
    ours.push(await runOurs(round));
    if (round % 2 === 1) floor.push(await runFloor(round));
  }
  return { ours, floor };
};

/** One clock for all processes of this host, in ms. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A time of the wall clock → the same moment on the clock of `nowMs`; to the millisecond, and soon after it was read. */
export const fromWall = (at: number): number => at - Date.now() + nowMs();
