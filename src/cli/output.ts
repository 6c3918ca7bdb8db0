import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Output } from './command.ts';

interface Terminal {
  isTTY?: boolean;
  columns?: number;
}

/** A terminal that does not know its width says 0. */
const USUAL_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';

/** Terminal, pipe or program: one writer for all three. `tell` writes a line to standard error past the progress line. */
export const createOutput = (options: {
  stdin: Readable & Terminal;
  stdout: Writable & Terminal;
  stderr: Writable & Terminal;
  isJson: boolean;
  env: NodeJS.ProcessEnv;
  interrupted: AbortSignal;
}): Output & { tell(line: string): void } => {
  const { stdin, stdout, stderr, isJson, env, interrupted } = options;
  const isTerminal = stdout.isTTY === true && !isJson;
  const hasColours = isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  let progress: string | null = null;

  const put = (text: string): void => {
    if (progress === null) return void stdout.write(text);
    stdout.write(`${CLEAR_LINE}${text}${progress}`);
  };
  const paint = (text: string): string => (hasColours ? text : stripVTControlCharacters(text));
  return {
    isTerminal,
    hasColours,
    isJson,
    say: (line) => {
      if (!isJson) put(`${paint(line)}\n`);
    },
    write: (text) => {
      if (!isJson && text !== '') put(paint(text));
    },
    event: (event) => {
      if (isJson) stdout.write(`${JSON.stringify(event)}\n`);
    },
    progress: (line) => {
      if (!isTerminal) return;
      const next = line === null ? null : paint(cut(line, stdout.columns || USUAL_COLUMNS));
      if (next === progress) return;
      stdout.write(`${progress === null ? '' : CLEAR_LINE}${next ?? ''}`);
      progress = next;
    },
    ask: async (question) => {
      if (!isTerminal || stdin.isTTY !== true) return null;
      // Without its own line editing the terminal's Ctrl-C stays a signal.
      const lines = createInterface({ input: stdin, output: stdout, terminal: false });
      try {
        return await lines.question(question, { signal: interrupted });
      } catch {
        stdout.write('\n');
        return null;
      } finally {
        lines.close();
      }
    },
    tell: (line) => {
      const isShared = progress !== null && stderr.isTTY === true;
      if (isShared) stdout.write(CLEAR_LINE);
      stderr.write(`${line}\n`);
      if (isShared) stdout.write(progress ?? '');
    },
  };
};

/** A line that wraps cannot be redrawn; what paints takes no room. */
const cut = (line: string, columns: number): string => {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
};
