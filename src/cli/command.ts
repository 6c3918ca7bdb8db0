import type { Logger } from '../io/logger.ts';

/** One option of a command, as parsing and `--help` know it. */
export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** What its value is called in the help: `DIR`, `N`; strings only. */
  value?: string;
  description: string;
}

/** Where a command writes. `json`: one object a line on standard output, and nothing else there. */
export interface Output {
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
  readonly isJson: boolean;
  /** A line for people on standard output; nothing with `--json`. */
  say(line: string): void;
  /** Bytes for people as they are (a tool's output); nothing with `--json`. */
  write(text: string): void;
  /** An event for machines; nothing without `--json`. */
  event(event: { type: string } & Record<string, unknown>): void;
  /** The one line that is redrawn on a terminal; elsewhere nothing. Null removes it. */
  progress(line: string | null): void;
  /** A question on the terminal; null where there is none to ask on. */
  ask(question: string): Promise<string | null>;
}

export interface CommandContext {
  positionals: readonly string[];
  options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** Data directory, from `--data` or the platform's convention. */
  data: string;
  output: Output;
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** Aborted by the first Ctrl-C or SIGTERM; the second ends the process at once with 130. */
  interrupted: AbortSignal;
}

/** One command: what parses it, what explains it, what it does. Expected failures are thrown as `SignalboxError`. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** `run DIR [options]`. */
  usage: string;
  /** Paragraphs for its own help. */
  description: string;
  options: Readonly<Record<string, Option>>;
  examples: readonly { line: string; says: string }[];
  /** Resolves to the exit code: 0, 1 (failed), 2 (usage or configuration), 130 (interrupted). */
  run(context: CommandContext): Promise<number>;
}
