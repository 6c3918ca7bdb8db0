import { Veil, type Shown } from './render-value.ts';

const SENSITIVE = '(sensitive value)';
const UNKNOWN = '(known after apply)';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (tree: unknown, key: string | number): unknown => {
  if (Array.isArray(tree)) return tree[Number(key)];
  return isObject(tree) ? tree[key] : undefined;
};

/**
 * One side of a change → what may be shown of it. `marks` and `unknown` are trees beside the value, `true` where all of
 * it is meant; `isSecret` finds sensitive values that carry no mark.
 */
export const toShown = (
  value: unknown,
  marks: unknown,
  unknown: unknown,
  isSecret: (text: string) => boolean,
): Shown => {
  const absent = (value ?? null) === null && unknown !== true;
  if (marks === true) return absent ? null : new Veil(SENSITIVE, JSON.stringify([value, unknown]));
  if (unknown === true) return new Veil(UNKNOWN, UNKNOWN);
  const inner = (key: string | number): Shown => toShown(at(value, key), at(marks, key), at(unknown, key), isSecret);
  if (Array.isArray(value)) return value.map((_, index) => inner(index));
  if (isObject(value) || isObject(unknown)) {
    // Keys whose values are not known yet stand in the tree of unknowns only.
    const hidden = isObject(unknown) ? Object.keys(unknown).filter((key) => at(unknown, key) === true) : [];
    const keys = new Set([...Object.keys(isObject(value) ? value : {}), ...hidden]);
    return Object.fromEntries([...keys].map((key) => [isSecret(key) ? SENSITIVE : key, inner(key)]));
  }
  if (typeof value === 'string' || typeof value === 'number') {
    return isSecret(String(value)) ? new Veil(SENSITIVE, String(value)) : value;
  }
  return typeof value === 'boolean' ? value : null;
};
