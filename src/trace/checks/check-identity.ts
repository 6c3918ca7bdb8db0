import type { TraceEvent, TraceMark } from '../../protocol/trace.ts';
import { isRecord } from '../is-record.ts';
import type { Life } from '../read.ts';
import type { Check } from './check.ts';

interface Identity {
  attempt?: unknown;
  fence?: unknown;
}

/**
 * All of a life is of one attempt, under one fence: those that the job was given. `fence`: of the lives before; null: this is the
 * first.
 */
export const checkIdentity = ({ header }: Life, fence: number | null): Check => {
  let job = fence;
  return (entry) => {
    const { who, attempt, fence: told } = identify(entry);
    const seq = entry.kind === 'event' ? entry.seq : null;
    if (attempt !== undefined && attempt !== header.attempt) {
      const problem = `${who} is of the attempt ${String(attempt)}, and the trace is of ${header.attempt}`;
      return { kind: 'attempt', seq, problem };
    }
    if (told === undefined) return null;
    if (entry.kind === 'event' && entry.to === 'job' && job === null && typeof told === 'number') job = told;
    if (told === job) return null;
    return { kind: 'fence', seq, problem: toFenceProblem(who, told, job) };
  };
};

const toFenceProblem = (who: string, told: unknown, job: number | null): string =>
  job === null
    ? `${who} carries the fence ${String(told)}, before the job had one`
    : `${who} carries the fence ${String(told)}, and the job's is ${job}`;

/** Whose an entry says it is: machines are told by their input, marks by their data. */
const identify = (entry: TraceEvent | TraceMark): Identity & { who: string } => {
  if (entry.kind === 'mark') {
    const data = isRecord(entry.data) && !['log', 'events'].includes(entry.mark) ? entry.data : {};
    return { who: toMarkName(entry.mark, data), ...pick(data) };
  }
  const input = entry.event.type === 'xstate.init' ? entry.event['input'] : null;
  if (!isRecord(input)) return { who: entry.to };
  const spec = isRecord(input['spec']) ? { attempt: input['spec']['attempt'] } : {};
  return { who: `the machine at ${entry.to}`, ...pick(input), ...spec };
};

const toMarkName = (mark: string, data: Record<string, unknown>): string =>
  typeof data['step'] === 'string' ? `the ${mark} of \`${data['step']}\`` : `the ${mark}`;

const pick = ({ attempt, fence }: Record<string, unknown>): Identity => ({
  ...(attempt !== undefined && { attempt }),
  ...(fence !== undefined && { fence }),
});
