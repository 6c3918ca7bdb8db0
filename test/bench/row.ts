/** One line of the table: ours beside the floor of the same rounds. */
export interface Row {
  arm: string;
  what: string;
  unit: string;
  ours: number;
  /** Null where nothing stands beside it. */
  floor: number | null;
  /** Median of the ratios of each round. */
  ratio: number | null;
  goal: Goal | null;
}
export interface Goal {
  of: 'ours' | 'ratio';
  is: 'at most' | 'at least';
  limit: number;
}

export const ratioAtMost = (limit: number): Goal => ({ of: 'ratio', is: 'at most', limit });
export const ratioAtLeast = (limit: number): Goal => ({ of: 'ratio', is: 'at least', limit });
export const atMost = (limit: number): Goal => ({ of: 'ours', is: 'at most', limit });

/** Null: there is no goal. */
export const isReached = ({ goal, ours, ratio }: Row): boolean | null => {
  const value = goal?.of === 'ratio' ? ratio : ours;
  if (goal === null || value === null) return null;
  return goal.is === 'at most' ? value <= goal.limit : value >= goal.limit;
};

const toText = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2);

const toGoalText = (row: Row): string => {
  const { goal } = row;
  if (goal === null) return '';
  const limit = `${goal.is === 'at most' ? '<=' : '>='} ${goal.limit}${goal.of === 'ratio' ? 'x' : ` ${row.unit}`}`;
  return `${limit}  ${isReached(row) ? 'reached' : 'MISSED'}`;
};

/** Rows → a table for people. */
export const toTable = (rows: readonly Row[]): string => {
  const lines = [
    ['arm', 'what', 'ours', 'floor', 'unit', 'ratio', 'goal'],
    ...rows.map((row) => [
      row.arm,
      row.what,
      toText(row.ours),
      row.floor === null ? '' : toText(row.floor),
      row.unit,
      row.ratio === null ? '' : `${row.ratio.toPrecision(3)}x`,
      toGoalText(row),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const isNumber = [false, false, true, true, false, true, false];
  return lines
    .map((line) =>
      line
        .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
