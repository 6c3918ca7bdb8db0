const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;

/** Before the control plane is asked again: twice as long after each try in a row that failed, up to the last. */
export const pauseAfterMs = (misses: number): number => Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** misses);
