const WIDTH = 72;

/** `── Plan ── 2 of 3 ─────…`, bold where the terminal can. */
export const toHeading = (title: string, { number, of }: { number: number; of: number }): string => {
  const start = of === 1 ? `── ${title} ` : `── ${title} ── ${number} of ${of} `;
  return `\u001b[1m${start.padEnd(WIDTH, '─')}\u001b[22m`;
};
