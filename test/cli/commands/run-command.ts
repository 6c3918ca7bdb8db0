import { parseArgs } from 'node:util';
import type { Command, CommandContext } from '../../../src/cli/command.ts';
import { createLogger } from '../../../src/io/logger.ts';
import { SignalboxError } from '../../../src/protocol/errors.ts';

const COMMON = { data: { type: 'string' }, port: { type: 'string' }, json: { type: 'boolean' } } as const;

export interface Ran {
  /** Null where it threw. */
  code: number | null;
  error: SignalboxError | null;
  text: string;
  events: ({ type: string } & Record<string, unknown>)[];
}
export interface Running extends Promise<Ran> {
  interrupt(): void;
  /** Resolves with the first event of this type. */
  until(type: string): Promise<{ type: string } & Record<string, unknown>>;
  /** What was said so far. */
  said(): string;
}

/** One command in this process, with the words it was given; what it writes is kept. */
export const runCommand = (
  command: Command,
  argv: readonly string[],
  given: { data: string; env?: NodeJS.ProcessEnv } = { data: '/nonexistent' },
): Running => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { ...COMMON, ...toParsed(command) },
    allowPositionals: true,
  });
  const stop = new AbortController();
  const events: Ran['events'] = [];
  const waiting: { type: string; tell: (event: Ran['events'][number]) => void }[] = [];
  let text = '';
  const isJson = values['json'] === true;
  const context: CommandContext = {
    positionals,
    options: values,
    data: given.data,
    output: {
      isTerminal: false,
      hasColours: false,
      isJson,
      say: (line) => (text += isJson ? '' : `${line}\n`),
      write: (bytes) => (text += isJson ? '' : bytes),
      event: (event) => {
        events.push(event);
        for (const one of waiting) if (one.type === event.type) one.tell(event);
      },
      progress: () => undefined,
      ask: () => Promise.resolve(null),
    },
    logger: createLogger({ level: 'error' }),
    env: given.env ?? { PATH: process.env['PATH'] },
    interrupted: stop.signal,
  };
  const run = async (): Promise<Ran> => {
    try {
      return { code: await command.run(context), error: null, text, events };
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return { code: null, error, text, events };
    }
  };
  const over = run();
  return Object.assign(
    over.then((ran) => ({ ...ran, text })),
    {
      interrupt: () => stop.abort(),
      said: () => text,
      until: async (type: string) => {
        const known = events.find((event) => event.type === type);
        if (known) return known;
        const told = new Promise<Ran['events'][number]>((tell) => waiting.push({ type, tell }));
        const ended = over.then(({ error }) => Promise.reject(error ?? new Error(`It ended without ${type}: ${text}`)));
        return Promise.race([told, ended]);
      },
    },
  );
};

const toParsed = ({ options }: Command) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple !== undefined && { multiple }) },
    ]),
  );
