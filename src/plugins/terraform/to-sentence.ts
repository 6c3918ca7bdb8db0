import type { Diagnostic } from './message.ts';

/** A diagnostic in one line: title, place, and why. */
export const toSentence = ({ summary, detail, range, address }: Diagnostic): string => {
  const where = range ? `${range.filename} line ${range.start.line}` : (address ?? '');
  const why = detail.trim().replace(/\s+/g, ' ');
  return `${summary}${where === '' ? '' : ` (${where})`}${why === '' ? '' : `: ${why}`}`;
};
