import type { TraceEvent, TraceMark } from '../../protocol/trace.ts';
import type { Divergence } from '../divergence.ts';
import type { Folded } from '../fold.ts';
import { isRecord } from '../is-record.ts';
import type { Check } from './check.ts';

type MarkName = TraceMark['mark'];

/** What an event rests on was journalled before it: no permit, result or seal is heard of that no mark tells. */
export const checkGrounds = (machines: ReadonlyMap<string, Folded>): Check => {
  const marks = new Map<MarkName, number>();
  return (entry) => {
    if (entry.kind === 'mark') {
      marks.set(entry.mark, (marks.get(entry.mark) ?? 0) + 1);
      return entry.mark === 'result' ? compareResult(machines, entry) : null;
    }
    const ground = groundOf(entry);
    if (ground === null) return null;
    const left = marks.get(ground) ?? 0;
    marks.set(ground, left - 1);
    if (left > 0) return null;
    const { seq, event } = entry;
    return { kind: 'missing', seq, problem: `\`${event.type}\` rests on the mark \`${ground}\`, and that is missing` };
  };
};

const groundOf = ({ machine, event }: TraceEvent): MarkName | null => {
  if (machine === 'step' && event.type === 'xstate.done.actor.permit') return isPermitted(event) ? 'permit' : null;
  if (machine === 'delivery' && event.type === 'xstate.done.actor.journal') return 'result';
  if (machine === 'job' && event.type === 'xstate.done.actor.seal') return 'sealed';
  return null;
};

const isPermitted = ({ output }: TraceEvent['event']): boolean => isRecord(output) && output['permitted'] === true;

const conclusionOf = (value: unknown): unknown => (isRecord(value) ? value['conclusion'] : undefined);

const compareResult = (machines: ReadonlyMap<string, Folded>, { data }: TraceMark): Divergence | null => {
  const context = machines.get('job')?.snapshot.context as { outcome?: unknown } | undefined;
  const [told, came] = [conclusionOf(data), conclusionOf(context?.outcome)].map(String);
  if (told === came) return null;
  return { kind: 'told', seq: null, problem: `the result says \`${told}\`, and the job came to \`${came}\`` };
};
