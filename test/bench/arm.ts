import type { Programs } from './programs.ts';
import type { Row } from './row.ts';
import type { System } from './system.ts';

/** What an arm is given. */
export interface Bench {
  programs: Programs;
  /** An empty directory of the arm's own. */
  directory: string;
  /** The control plane that the arm has for itself. */
  system: System;
  /** Rounds asked for on the command line; null: as many as the arm finds right. */
  rounds: number | null;
  /** The same for the number of jobs. */
  jobs: number | null;
  /** Says to whoever waits how far it is. */
  tell(line: string): void;
}

/** One figure, or a few that come from the same rounds, each beside its floor. */
export interface Arm {
  name: string;
  run(bench: Bench): Promise<Row[]>;
}
