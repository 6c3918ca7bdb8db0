// eslint-disable-next-line no-control-regex -- colours are what is taken out
const COLOURS = /\u001b\[[\d;]*m/g;

/** The lines of a tool's text for people, without colours and without the frame that stands around a diagnostic. */
export const toPlainLines = (text: string | null): string[] =>
  (text ?? '')
    .replace(COLOURS, '')
    .split('\n')
    .map((line) => line.replace(/^[│╷╵] ?/, ''));
