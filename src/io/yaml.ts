import { parseDocument } from 'yaml';

/** The YAML door: text → plain values. Throws an `Error` that names the line; duplicate keys and aliases without end are errors. */
export const readYaml = (text: string): unknown => {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new Error(`line ${line}: ${lowerFirst(error.message)}`);
  }
  return document.toJS({ maxAliasCount: 100 });
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
