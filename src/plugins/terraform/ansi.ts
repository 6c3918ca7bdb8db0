/** ANSI colours as the tools use them; each closes what it opens. */
const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;

export const ansi = {
  bold: paint(1),
  underline: paint(4),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  cyan: paint(36),
  grey: paint(90),
};
