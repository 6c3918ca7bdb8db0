/** One expected failure of the catalogue. */
export interface Entry {
  /** What happened, to which thing: `{name}` stands for a detail. */
  readonly sentence: string;
  /** What to do. */
  readonly hint: string;
  /** The HTTP status it travels under. */
  readonly http: number;
  /** The exit code of the command line it ends: 2 is usage or configuration. */
  readonly exit: 1 | 2;
}

export const entry = (http: number, exit: 1 | 2, sentence: string, hint: string): Entry => ({
  sentence,
  hint,
  http,
  exit,
});
