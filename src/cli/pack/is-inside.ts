import { sep } from 'node:path';

/** True where `path` is `folder` or lies below it; both absolute and without `..`. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
