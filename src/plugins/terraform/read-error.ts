import { toPlainLines } from './plain-lines.ts';

/** The first error that a tool's text for people reports, with its place; null: none. A frame of box lines is no part of it. */
export const readError = (text: string | null): string | null => {
  const lines = toPlainLines(text).map((line) => line.trim());
  const errors = lines.flatMap((line, index) => (line.startsWith('Error: ') ? [index] : []));
  // The tool says first that there are problems, and then which: the last is one of those.
  const at = errors.at(-1);
  if (at === undefined) return null;
  const place = lines.slice(at + 1, at + 4).find((line) => /^on .+ line \d+/.test(line));
  return `${lines[at]?.slice('Error: '.length)}${place ? ` (${place.replace(/[,:].*$/, '')})` : ''}`;
};
