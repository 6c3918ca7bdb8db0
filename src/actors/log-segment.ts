import type { Tail } from '../io/disk/tail.ts';
import type { StreamReader } from '../plugins/plugin.ts';
import type { AttemptEvent } from '../protocol/attempt.ts';

/** One piece of a log. `read` may be called again from the start, and gives the same bytes however they are cut. */
export interface LogSegment {
  /** Output is sent at once, lines of our own may wait for it. */
  readonly isOutput: boolean;
  read(put: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void>;
}

const encoder = new TextEncoder();
const READ_BYTES = 512 * 1024;

/** A line of our own, newline included. */
export const createTextSegment = (text: string): LogSegment => ({
  isOutput: false,
  read: (put) => put(encoder.encode(text)),
});

/** What a step's process writes. It ends when the process has: `ended` is aborted then. */
export interface StepOutputFiles {
  output: Tail;
  /** Null where both streams go to `output`. */
  stderr: Tail | null;
  ended: AbortSignal;
}

const readFile = async (
  tail: Tail,
  ended: AbortSignal,
  signal: AbortSignal,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> => {
  for (let offset = 0; !signal.aborted;) {
    const wasEnded = ended.aborted;
    const bytes = await tail.read(offset, READ_BYTES);
    offset += bytes.length;
    if (bytes.length > 0) await take(bytes);
    else if (wasEnded) return;
    else await tail.grown(offset, AbortSignal.any([ended, signal]));
  }
};

/** Output as it is; stderr after it, where it is apart. */
export const createPlainSegment = ({ output, stderr, ended }: StepOutputFiles, isShown: boolean): LogSegment => ({
  isOutput: true,
  read: async (put, signal) => {
    if (isShown) await readFile(output, ended, signal, put);
    if (stderr) await readFile(stderr, ended, signal, put);
  },
});

/** A tool's `-json` stream as the text people know; its stderr after it. */
export const createStreamSegment = (
  { output, stderr, ended }: StepOutputFiles,
  createReader: () => StreamReader,
  tell: (event: AttemptEvent, number: number) => void,
): LogSegment => ({
  isOutput: true,
  read: async (put, signal) => {
    const reader = createReader();
    const decoder = new TextDecoder();
    let told = 0;
    let rest = '';
    const takeLines = async (lines: string[]): Promise<void> => {
      let text = '';
      for (const line of lines) {
        const read = reader.line(line);
        text += read.text;
        for (const event of read.events) tell(event, told++);
      }
      if (text !== '') await put(encoder.encode(text));
    };
    await readFile(output, ended, signal, async (bytes) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      await takeLines(lines);
    });
    if (signal.aborted) return;
    if (rest !== '') await takeLines([rest]);
    if (stderr) await readFile(stderr, ended, signal, put);
  },
});
