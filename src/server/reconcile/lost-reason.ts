import { SignalboxError, toReason } from '../../protocol/errors.ts';
import type { Reason } from '../../protocol/status.ts';
import { toUtc } from '../to-utc.ts';
import type { Ledger, LedgerLine } from './ledger.ts';

/** `silent`: its lease ran out; `forgotten`: the same runner came back and knows nothing of it. */
export type LostCause = 'silent' | 'forgotten';

const MAX_NAMED = 5;
const DONE: Record<string, string> = {
  create: 'created',
  update: 'updated',
  delete: 'destroyed',
  replace: 'replaced',
  import: 'imported',
};
const toDoing = ({ address, action }: LedgerLine): string => `\`${address}\` was being ${DONE[action] ?? action}`;

const toWhat = ({ inFlight, openSteps, created }: Ledger): string => {
  if (inFlight.length > MAX_NAMED) {
    const named = inFlight.slice(0, MAX_NAMED).map(toDoing);
    return `${named.join(', ')}, and so were ${inFlight.length - MAX_NAMED} more`;
  }
  if (inFlight.length > 0) return inFlight.map(toDoing).join(', ');
  const step = openSteps.length > 0 ? `step ${openSteps.map((key) => `\`${key}\``).join(', ')} was under way` : null;
  const resources = created.length > 0 ? 'no resource was in flight' : null;
  return [step, resources].filter((part) => part !== null).join(' and ') || 'no step was told to be under way';
};

/** Why nobody knows how far an attempt came: its runner, when it was last heard, and what was in flight then. */
export const toLostReason = (lost: {
  pipeline: string;
  runner: string;
  heardAt: number;
  cause: LostCause;
  ledger: Ledger;
}): Reason => {
  const { pipeline, runner, heardAt, cause, ledger } = lost;
  const heard = toUtc(heardAt);
  const happened =
    cause === 'silent'
      ? `has not been heard since ${heard}`
      : `came back without the journal of this job, which it last spoke of at ${heard}`;
  return toReason(new SignalboxError('RUNNER_LOST', { runner, happened, doing: toWhat(ledger), pipeline }));
};
