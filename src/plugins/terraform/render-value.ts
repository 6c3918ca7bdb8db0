/** A leaf that stands for a value which is not shown: unknown yet, or sensitive. `identity` tells two of them apart. */
export class Veil {
  readonly text: string;
  readonly identity: string;
  constructor(text: string, identity: string) {
    this.text = text;
    this.identity = identity;
  }
}
/** A JSON value whose hidden leaves are veiled. */
export type Shown = string | number | boolean | null | Veil | Shown[] | { [key: string]: Shown };

export const isShownObject = (value: Shown | undefined): value is { [key: string]: Shown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Veil);

const quote = (text: string): string => JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
export const toKey = (key: string): string => (/^[A-Za-z_][\w-]*$/.test(key) ? key : quote(key));

/** A value in the tools' own notation, its further lines indented by `indent` spaces. */
export const renderValue = (value: Shown, indent = 0): string => {
  const pad = ' '.repeat(indent);
  if (value instanceof Veil) return value.text;
  if (typeof value === 'string') {
    if (!value.includes('\n')) return quote(value);
    const lines = value.replace(/\n$/, '').split('\n');
    return ['<<-EOT', ...lines.map((line) => `${pad}    ${line}`), `${pad}EOT`].join('\n');
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return ['[', ...value.map((item) => `${pad}  ${renderValue(item, indent + 2)},`), `${pad}]`].join('\n');
  }
  if (!isShownObject(value)) return String(value);
  const keys = Object.keys(value).toSorted();
  if (keys.length === 0) return '{}';
  const width = Math.max(...keys.map((key) => toKey(key).length));
  const entries = keys.map(
    (key) => `${pad}  ${toKey(key).padEnd(width)} = ${renderValue(value[key] ?? null, indent + 2)}`,
  );
  return ['{', ...entries, `${pad}}`].join('\n');
};
