import type { PipelineView } from '../../src/protocol/rest.ts';
import type { Call, CloudObject } from './cloud/cloud.ts';
import type { LogWrite } from './box/control-plane.ts';
import type { ArchitectureRecord, AttemptRecord, JobRecord, StateRecord } from './processes/read-records.ts';
import type { Reconciled } from './reconcile.ts';
import type { FaultPlan, RunPlan } from './scenario.ts';

/** A fault that struck, with when. One whose moment never came is no fault. */
export interface Struck extends FaultPlan {
  at: number;
  /** The run that was meant, for those that mean one. */
  run: number;
}

/** Everything that is known about an attempt: what its runner left on its disk, and what the control plane has. */
export interface AttemptFacts {
  id: string;
  run: number;
  record: AttemptRecord;
  /** The text of its `trace.ndjson`; null: no runner has one. */
  trace: string | null;
  /** The trace has more than headers: the runner did not end before the first record of it was on the disk. */
  hasBegun: boolean;
  /** Its files as they were when it was sealed; null: none were kept. */
  kept: string | null;
  /** The runner still holds what sealing removes. */
  isUnsealed: boolean;
  /** The log as the control plane gives it out. */
  log: Uint8Array;
}

export interface RunFacts {
  plan: RunPlan;
  pipeline: string;
  /** Null: it never settled. */
  view: PipelineView | null;
  reconciled: Reconciled | null;
  /** Of its pipeline and of the one that imports for it. */
  jobs: JobRecord[];
  architecture: ArchitectureRecord;
  /** In the order of their serials. */
  states: StateRecord[];
  /** The objects in the newest state. */
  recorded: CloudObject[];
  /** The objects that there are. */
  objects: CloudObject[];
  calls: Call[];
}

/** What a scenario left behind, for the laws. */
export interface Facts {
  runs: RunFacts[];
  attempts: AttemptFacts[];
  faults: Struck[];
  logWrites: readonly LogWrite[];
  /** Processes of the box's steps that are alive. */
  orphans: string[];
  /** Files and folders that only a job that runs may hold. */
  leftovers: string[];
}
