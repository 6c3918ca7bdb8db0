import type { z } from 'zod';
import { listKeys } from './list-keys.ts';
import { findNearest } from './nearest.ts';

/** Keys of files written for the published runner before 2026.06.7. Null: there is no such thing any more. */
const OLD_KEYS: Readonly<Record<string, string | null>> = {
  level: 'log.level',
  'docker.worker_image': 'executor.docker.worker_image',
  'docker.ecr_region': 'executor.docker.ecr_region',
  'docker.ecr_auth': null,
  'docker.registry': null,
  'docker.shared_volume_path': null,
  docker: 'executor.docker',
};

const toUnknown = (path: string): string => {
  const moved = OLD_KEYS[path];
  if (moved === null) return `\`${path}\` is of an older format, and no longer needed`;
  if (moved !== undefined) return `\`${path}\` is of an older format: it is now \`${moved}\``;
  const keys = listKeys().map((key) => key.path);
  const sections = new Set(keys.flatMap((key) => key.split('.').slice(0, -1)));
  const known = [...keys, ...sections];
  const last = path.split('.').at(-1) ?? path;
  const sameName = keys.find((key) => key.split('.').at(-1) === last);
  const nearest = sameName ?? findNearest(path, known);
  return `there is no key \`${path}\`${nearest === null ? '' : ` (the nearest is \`${nearest}\`)`}`;
};

/** What a value is, in the words of the file. */
const toKind = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a section' : `\`${String(value)}\``;

const toExpected = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_value')
    return `${toKind(issue.input)} is none of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`;
  if (issue.code === 'invalid_type' && issue.expected === 'object')
    return `${toKind(issue.input)} stands where its keys belong`;
  if (issue.code === 'invalid_type' && issue.expected === 'array') return `${toKind(issue.input)} is no list`;
  if (issue.code === 'invalid_type' && issue.expected === 'string')
    return `${toKind(issue.input)} is no text; put it in quotes`;
  if (issue.code === 'invalid_union')
    return `${toKind(issue.input)} is no duration: write a whole number and ms, s, m, h or d, as \`90s\``;
  return issue.message;
};

/** Everything that is wrong with a configuration, as the rest of one sentence. */
export const toProblem = (issues: readonly z.core.$ZodIssue[]): string =>
  issues
    .flatMap((issue) => {
      const path = issue.path.map(String).join('.');
      if (issue.code !== 'unrecognized_keys')
        return [path === '' ? toExpected(issue) : `\`${path}\`: ${toExpected(issue)}`];
      return issue.keys.map((name) => toUnknown(path === '' ? name : `${path}.${name}`));
    })
    .join('; ');
