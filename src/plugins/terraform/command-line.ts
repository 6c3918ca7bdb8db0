/** Flags that say how we read the tool, and nothing to a person. */
const INTERNAL = new Set(['-input=false', '-no-color', '-json', '-detailed-exitcode']);

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The command line as the log shows it: one could paste it into a shell. */
export const toCommandLine = (program: string, args: readonly string[]): string =>
  [program, ...args.filter((arg) => !INTERNAL.has(arg)).map(quote)].join(' ');
