import { isRecord } from './is-record.ts';

export interface Difference {
  /** Dotted names from the top; empty: the whole. */
  path: string;
  recorded: unknown;
  today: unknown;
}

/** The first recorded thing that is another one today; what today's machines add to it is no difference. */
export const findDifference = (recorded: unknown, today: unknown, path = ''): Difference | null => {
  if (!isRecord(recorded)) return Object.is(recorded, today) ? null : { path, recorded, today };
  if (!isRecord(today) || Array.isArray(recorded) !== Array.isArray(today)) return { path, recorded, today };
  if (Array.isArray(recorded) && recorded.length !== today['length']) return { path, recorded, today };
  for (const [name, value] of Object.entries(recorded)) {
    const difference = findDifference(value, today[name], path === '' ? name : `${path}.${name}`);
    if (difference) return difference;
  }
  return null;
};
