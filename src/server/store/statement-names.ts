const MAX_NAMES = 500;
const REPEATED = /^\s*(select|insert|update|delete|with)\s/i;

/**
 * Names for statements that come again, so that the engine parses and plans them once (a quarter of a short query's
 * time). The first ones get a name and keep it: our texts are few. A name is one connection's own.
 */
export const createStatementNames = (): ((text: string) => { name: string } | undefined) => {
  const names = new Map<string, { name: string }>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_NAMES || !REPEATED.test(text)) return known;
    const made = { name: `s${names.size}` };
    names.set(text, made);
    return made;
  };
};
