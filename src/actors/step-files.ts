import type { Tail } from '../io/disk/tail.ts';

/** The files of one start of a step, while somebody reads them. */
export interface StepFiles {
  directory: string;
  output: Tail;
  stderr: Tail | null;
  /** Aborted when the process has exited: what is there then is all. */
  ended: AbortController;
}
