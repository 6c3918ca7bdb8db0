import type { StateHead } from '../../protocol/job.ts';

/** `serial 6 of 3f9c81aa`, or `no state`. */
export const toStateWords = (head: StateHead | null): string =>
  head === null ? 'no state' : `serial ${head.serial} of ${head.lineage.slice(0, 8)}`;
