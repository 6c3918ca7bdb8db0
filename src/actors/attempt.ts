import type { AttemptApi } from '../io/api.ts';
import type { JobDirectory, JobSecrets } from '../io/disk/job-files.ts';
import type { Journal } from '../io/disk/journal.ts';
import type { Masker } from '../io/mask.ts';
import type { Tail } from '../io/disk/tail.ts';
import type { StepEvidence, StreamReader } from '../plugins/plugin.ts';
import type { Progress, Result } from '../protocol/attempt.ts';
import type { JobSpec } from '../protocol/job.ts';
import type { Reason } from '../protocol/status.ts';
import type { JobOutcome } from './job-outcome.ts';
import { toLifeHeader } from './life-header.ts';
import type { LogMark } from './log-mark.ts';
import { createLogPump, type LogPump } from './log-pump.ts';
import { createTextSegment } from './log-segment.ts';
import { createOutbox, type JournalledEvent, type Outbox } from './outbox.ts';
import type { Prepared } from './prepared.ts';
import type { StateShipper } from './state-shipper.ts';
import type { StepFiles } from './step-files.ts';
import type { World } from './world.ts';

/**
 * What belongs to one attempt while its job actor lives: its files, its journal, its bytes. Machines hold data; this holds what
 * moves. Made by the claim, or by recovery; let go when the job actor is over.
 */
export interface Attempt {
  readonly spec: JobSpec;
  readonly fence: number;
  readonly directory: JobDirectory;
  readonly secrets: JobSecrets;
  readonly api: AttemptApi;
  readonly journal: Journal;
  readonly masker: Masker;
  readonly outbox: Outbox;
  readonly log: LogPump;
  /** Set by preparing. */
  prepared: Prepared | null;
  /** Set where this job changes a managed state. */
  state: StateShipper | null;
  /** Of each step by its index: its folder and what its stream told. */
  readonly steps: Map<number, StepFiles>;
  /** Every file of output that is read, of earlier tries too: the log may be read again from its start. */
  readonly tails: Tail[];
  readonly readers: Map<number, StreamReader>;
  /** Evidence of the steps that ended, by key. */
  readonly evidence: Record<string, StepEvidence>;
  /** Digests of artifacts that the control plane has. */
  readonly handedOver: Set<string>;
  /** What the control plane said against the state that this job wrote. */
  stateRefusal: Reason | null;
  /** Adds lines of our own to the log, masked and journalled: a later life says the same. `isLast`: nothing follows them. */
  say(text: string, isLast?: boolean): void;
  progress: Progress | null;
  /** Decided; null while it runs. */
  outcome: JobOutcome | null;
  /** As it was sent: what is sent again says the same. */
  result: Result | null;
  hasSaidLast: boolean;
  phase: string;
}

/** Attempts by id, for the actors of one runner. */
export type Attempts = Map<string, Attempt>;

export const createAttempt = async (
  world: World,
  options: {
    spec: JobSpec;
    fence: number;
    directory: JobDirectory;
    secrets: JobSecrets;
    life: number;
    earlier: JournalledEvent[];
  },
): Promise<Attempt> => {
  const { spec, fence, directory, secrets } = options;
  const { clock } = world;
  const journal = await world.openJournal(directory.journal);
  journal.append(toLifeHeader(world, spec.attempt, options.life));
  const api = world.api.attempt({ attempt: spec.attempt, fence, jobToken: secrets.jobToken });
  const masker = world.createMasker([...secrets.secrets.map(({ value }) => value), ...secrets.masks]);
  const outbox = createOutbox({ api, clock, journal, earlier: options.earlier, mask: (text) => masker.text(text) });
  const barrier = () => journal.barrier();
  const log = createLogPump({ api, clock, masker, createHash: () => world.createHash(), barrier });
  return {
    spec,
    fence,
    directory,
    secrets,
    api,
    journal,
    masker,
    outbox,
    log,
    prepared: null,
    state: null,
    steps: new Map(),
    tails: [],
    readers: new Map(),
    evidence: {},
    handedOver: new Set(),
    stateRefusal: null,
    say: (text, isLast = false) => {
      const masked = masker.text(text);
      const data: LogMark = { text: masked, ...(isLast && { isLast }) };
      journal.append({ kind: 'mark', at: clock.now(), mark: 'log', data });
      log.add(createTextSegment(masked));
    },
    progress: null,
    outcome: null,
    result: null,
    hasSaidLast: false,
    phase: 'leased',
  };
};

export const attemptOf = (attempts: Attempts, id: string): Attempt => {
  const attempt = attempts.get(id);
  if (!attempt) throw new Error(`The attempt ${id} is not one of this runner's.`);
  return attempt;
};
