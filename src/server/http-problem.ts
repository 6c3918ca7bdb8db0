/** What a schema found wrong, at which place. */
export interface Issue {
  path: readonly PropertyKey[];
  message: string;
}

/** `stages.0.1.key: Invalid string`: the first three, in one line. */
export const toProblem = (issues: readonly Issue[]): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ')
    .replace(/\.$/, '');
