import Anser from 'anser';

export interface Span {
  text: string;
  class: string;
  colour: string | null;
}

/** Colours 16–255 of the palette, as terminals compute them. */
const toPaletteColour = (index: number): string => {
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (index - 232) * 10)
      .join(' ')})`;
  const step = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return `rgb(${step(Math.floor(cube / 36))} ${step(Math.floor(cube / 6) % 6)} ${step(cube % 6)})`;
};

const toColour = (name: string | null, truecolor: string | null): string | null => {
  if (name === 'ansi-truecolor' && truecolor !== null) return `rgb(${truecolor})`;
  const palette = /^ansi-palette-(\d+)$/.exec(name ?? '')?.[1];
  return palette === undefined ? null : toPaletteColour(Number(palette));
};

/** A line with colour sequences → pieces of text with the classes of `log.css`. */
export const toSpans = (line: string): Span[] => {
  if (!line.includes('\u001B')) return [{ text: line, class: '', colour: null }];
  return Anser.ansiToJson(line, { use_classes: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    class: [piece.fg, piece.bg && `${piece.bg}-bg`, ...piece.decorations.map((one) => `ansi-${one}`)]
      .filter(Boolean)
      .join(' '),
    colour: toColour(piece.fg, piece.fg_truecolor),
  }));
};
