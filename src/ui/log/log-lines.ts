/** Sequences that move the cursor, clear or set titles: meaningless in a list of lines. Colours (`…m`) stay. */
const ESC = '\u001B';
const NOT_COLOUR = new RegExp(
  `${ESC}(?:\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)|\\[[0-9;?]*[A-Za-ln-z]|[()][A-Z0-9]|[=>78])`,
  'g',
);
const COLOUR = new RegExp(`${ESC}\\[([0-9;]*)m`, 'g');
const MAX_LINES = 400_000;

/** The colours still on after `text`, given those before it: a line may leave one open for the next. */
const coloursAfter = (before: string, text: string): string => {
  if (!text.includes(ESC)) return before;
  let open = before;
  for (const [sequence, codes] of text.matchAll(COLOUR)) {
    open = codes === '' || codes === '0' ? '' : codes?.startsWith('0;') ? sequence : open + sequence;
  }
  return open;
};

/** A progress bar writes over its own line: only what came last is shown. */
const lastWritten = (line: string): string => {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1);
};

export const toPlain = (line: string): string => (line.includes(ESC) ? line.replace(COLOUR, '') : line);

/** Bytes of a log, in any pieces → its lines, the unfinished last one included. Keeps the newest `maxLines`. */
export class LogLines {
  readonly lines: string[] = [];
  /** How many lines came before `lines[0]` and were let go. */
  dropped = 0;
  readonly #decoder = new TextDecoder();
  readonly #maxLines: number;
  #rest = '';
  #open = '';

  constructor(maxLines = MAX_LINES) {
    this.#maxLines = maxLines;
  }

  append(bytes: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    if (this.#rest !== '') this.lines.pop();
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = lastWritten(part).replace(NOT_COLOUR, '');
      this.lines.push(this.#open + line);
      this.#open = coloursAfter(this.#open, line);
    }
    if (this.#rest !== '') this.lines.push(this.#open + lastWritten(this.#rest).replace(NOT_COLOUR, ''));
    const tooMany = this.lines.length - this.#maxLines;
    // A tenth at a time: taking from the front moves all that is behind it.
    if (tooMany > this.#maxLines / 10) {
      this.lines.splice(0, tooMany);
      this.dropped += tooMany;
    }
  }
}
