import type { Law } from './law.ts';

/** When every job is over, no process of any step is alive. */
export const noOrphan: Law = ({ orphans }) => orphans.map((what) => ({ run: null, what }));
