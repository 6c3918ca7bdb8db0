/**
 * The JSON in a `document` step's output; undefined: there is none. One of the tools writes complaints about its own
 * configuration before the JSON, on the same stream; they are skipped.
 */
export const readDocument = (text: string): unknown => {
  const start = text.search(/^\{/m);
  if (start < 0) return undefined;
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
};
