/**
 * The process door: a step's command under a supervisor that outlives this process (architecture.md D2).
 * `dir` is the step's folder, `steps/<n>`; in it lie `output` (both streams in the order written), `stderr` (only where asked
 * for apart), `exit` (empty from the start; one line with the exit code once the tool has ended), `pid`, `lock`.
 */
export interface ProcessSpec {
  dir: string;
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** `apart` where stdout is a machine format: stderr gets a file of its own. */
  stderr: 'merged' | 'apart';
  /** Whom the one soft signal goes to. */
  softSignal: 'leader' | 'group';
  /** Shows `from` under the path `to`: bind mount in a cage that can, else a link and `PWD`. `to` lies under `/tmp/signalbox/work`. */
  mount: { from: string; to: string } | null;
  /** Directories and files that the step must not see (state directory, configuration); where the cage can hide. */
  hide: readonly string[];
  /** A lock file held while the command runs: one at a time per host; null: none. */
  exclusive: string | null;
}

/** How it ended. Both null: its supervisor was killed and nobody knows. */
export interface ProcessExit {
  exitCode: number | null;
  signal: string | null;
  at: number;
}

export interface RunningProcess {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: with the pid, who it is. */
  readonly startTime: string;
  /** Asks the supervisor for the one soft signal; a repetition does nothing, by whichever process it is made. */
  interrupt(): Promise<void>;
  /** SIGKILL to the whole tree. */
  force(): Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** Stops watching; the process runs on. */
  release(): void;
}

export type Cage = 'namespaces' | 'user namespaces' | 'subreaper' | 'process group';

export interface Processes {
  /** What this host allows, probed once. */
  readonly cage: Cage;
  /** True where steps can be given a fixed path and things can be hidden from them. */
  readonly hasMounts: boolean;
  /** Throws `STEP_NOT_STARTED` where the supervisor itself cannot be started; a missing program is exit code 127. */
  start(spec: ProcessSpec): Promise<RunningProcess>;
  /** The process of an earlier life: running, or ended (then `exited` is settled); null: it never started. */
  adopt(dir: string): Promise<RunningProcess | null>;
}
