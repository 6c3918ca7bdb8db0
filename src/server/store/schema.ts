import type { Generated } from 'kysely';
import type { AttemptEvent, Outputs, Progress, Result, Summary } from '../../protocol/attempt.ts';
import type { Source, Stages, TaskKind, Task, PlanRef } from '../../protocol/job.ts';
import type { MachineView, Resolution } from '../../protocol/rest.ts';
import type { Command } from '../../protocol/runner.ts';
import type { Conclusion, Phase, Reason, Status } from '../../protocol/status.ts';

/**
 * The tables, as rows are read (`migrations/` makes them). Every row belongs to an organisation.
 * Times are epoch ms (`bigint`, read as number), booleans are booleans, documents are `jsonb`, ciphertext is `bytea`.
 * Nothing here is computed by the database's clock: statements take the time as a parameter.
 */
export interface Tables {
  organisation: { id: string; name: string; created_at: number };
  /** A row is made with its token: one token, one runner. */
  runner: {
    id: string;
    org_id: string;
    token_hash: string;
    name: string | null;
    version: string | null;
    created_at: number;
    revoked_at: number | null;
    last_seen_at: number | null;
    /** Why it takes nothing new although it lives, as its last poll said. */
    problem: Reason | null;
  };
  /** One process start of a runner. At most one per runner has `ended_at` null. */
  session: {
    id: string;
    org_id: string;
    runner_id: string;
    instance_id: string;
    boot_id: string;
    token_hash: string;
    slots: number;
    draining: boolean;
    /** Cursor of the last command that the runner acknowledged. */
    acked: number;
    created_at: number;
    last_seen_at: number;
    ended_at: number | null;
  };
  /** Commands wait here until their session acknowledges them. Offers have the fate of their job's row. */
  command: { cursor: Generated<number>; session_id: string; org_id: string; body: Command; created_at: number };
  architecture: {
    id: string;
    org_id: string;
    name: string;
    kind: TaskKind;
    tool_version: string | null;
    /** The last fence given out in this lock domain. */
    fence: number;
    /** Who may change it now: a claimed mutating job, by its fence. */
    lock_job_id: string | null;
    lock_fence: number | null;
    /** Why it may not be changed (needs reconciliation); null: it may. */
    blocked: Reason | null;
    /** Whose needs reconciliation; set where `blocked` is. */
    blocked_job: string | null;
    /** The pipeline that may change it all the same, because it imports what is missing; its success unblocks. */
    reconciler: string | null;
    last_number: number;
    created_at: number;
  };
  workflow: { id: string; org_id: string; architecture_id: string; name: string; stages: Stages; created_at: number };
  pipeline: {
    id: string;
    org_id: string;
    architecture_id: string;
    workflow_name: string;
    number: number;
    status: Status;
    reason: Reason | null;
    /** The machine's own value and context: facts as data, no children (machines/pipeline.machine.ts). */
    machine: { value: string; context: unknown };
    source: Source;
    variables: Record<string, string>;
    var_files: string[];
    /** Encrypted JSON of `Secret[]`. */
    secrets: Uint8Array | null;
    target: string | null;
    idempotency_key: string | null;
    version: number;
    created_at: number;
    started_at: number | null;
    finished_at: number | null;
  };
  job: {
    id: string;
    org_id: string;
    pipeline_id: string;
    architecture_id: string;
    key: string;
    stage: number;
    position: number;
    task: Task;
    /** `waiting` for others, `ready` for a runner, `offered`, `claimed`, `over`. */
    queue: 'waiting' | 'ready' | 'offered' | 'claimed' | 'over';
    status: Status;
    mutating: boolean;
    desired: 'run' | 'cancel' | 'kill';
    /** Number of the newest attempt; 0: none. The offered one while `queue` is `offered`. */
    attempt: number;
    session_id: string | null;
    /** In served time. */
    offer_until: number | null;
    conclusion: Conclusion | null;
    reason: Reason | null;
    plan: PlanRef | null;
    summary: Summary | null;
    outputs: Outputs | null;
    /** How a person settled it, where it needed reconciliation. */
    resolution: Resolution | null;
    started_at: number | null;
    finished_at: number | null;
    created_at: number;
  };
  attempt: {
    job_id: string;
    number: number;
    org_id: string;
    architecture_id: string;
    runner_id: string;
    session_id: string;
    fence: number;
    token_hash: string;
    phase: Phase;
    progress: Progress | null;
    machines: MachineView[];
    /** In served time: when the lease ends without a renewal. */
    lease_until: number;
    permitted_at: number | null;
    /** When it was last renewed or permitted something, by the clock: what a sentence says. Null: not since it was claimed. */
    heard_at: number | null;
    log_bytes: number;
    next_event: number;
    result: Result | null;
    claimed_at: number;
    sealed_at: number | null;
  };
  event: { job_id: string; number: number; seq: number; org_id: string; at: number; body: AttemptEvent };
  /** Encrypted files in the blob directory, named by the digest of their plain bytes. */
  blob: { org_id: string; sha256: string; size: number; created_at: number };
  artifact: {
    org_id: string;
    pipeline_id: string;
    job_id: string;
    number: number;
    name: string;
    kind: string;
    sha256: string;
    size: number;
    created_at: number;
  };
  state_version: {
    org_id: string;
    architecture_id: string;
    lineage: string;
    serial: number;
    sha256: string;
    size: number;
    job_id: string | null;
    number: number | null;
    created_at: number;
  };
  /** What came too late or did not fit: kept, never used. */
  evidence: { id: string; org_id: string; job_id: string; number: number; kind: string; body: unknown; at: number };
  audit: { id: string; org_id: string; at: number; actor: string; action: string; subject: string; body: unknown };
  /** One-time links and browser sessions, hashed. */
  browser: { token_hash: string; org_id: string; kind: 'link' | 'session'; expires_at: number; used_at: number | null };
  /** One row: served time in ms, advanced only while a door serves (architecture.md 5). */
  served: { id: number; ms: number; ticked_at: number };
}
