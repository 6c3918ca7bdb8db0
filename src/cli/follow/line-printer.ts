/** Bytes as they come → whole lines of text, so that a progress line can stand under them. */
export interface LinePrinter {
  push(bytes: Uint8Array): void;
  /** What is left without its end. */
  end(): void;
}

/** A line that has not ended by then is written in parts. */
const MAX_HELD = 64 * 1024;

export const createLinePrinter = (print: (text: string) => void): LinePrinter => {
  const decoder = new TextDecoder();
  let held = '';
  const take = (text: string): void => {
    held += text;
    const end = held.length > MAX_HELD ? held.length : held.lastIndexOf('\n') + 1;
    if (end > 0) print(held.slice(0, end));
    held = held.slice(end);
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => {
      take(decoder.decode());
      if (held !== '') print(`${held}\n`);
      held = '';
    },
  };
};
