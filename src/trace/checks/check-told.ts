import * as z from 'zod';
import type { TraceMark } from '../../protocol/trace.ts';
import type { Divergence } from '../divergence.ts';
import type { Folded } from '../fold.ts';
import type { Check } from './check.ts';

const Told = z.object({ seq: z.number(), event: z.looseObject({ type: z.string() }) });
const MachineTold = z.object({ type: z.literal('machine'), path: z.string(), state: z.string() });

/**
 * What was told to the control plane counts up without a gap, through all lives, and a machine's told state is one that it had.
 * `told`: how many the lives before told; null: not known.
 */
export const checkTold = (machines: ReadonlyMap<string, Folded>, told: number | null): Check & { count(): number } => {
  let next = told;
  const check = (entry: Parameters<Check>[0]): Divergence | null => {
    const mark = entry.kind === 'mark' && entry.mark === 'events' ? readTold(entry) : null;
    if (!mark) return null;
    const expected = next ?? mark.seq;
    next = mark.seq + 1;
    if (mark.seq > expected) return { kind: 'missing', seq: null, problem: `what was told as ${expected} is missing` };
    if (mark.seq < expected) return { kind: 'order', seq: null, problem: `${mark.seq} was told after ${expected - 1}` };
    const { data } = MachineTold.safeParse(mark.event);
    const machine = data && machines.get(data.path);
    if (!data || (machine?.since.delete(data.state) ?? false)) return null;
    const was = machine ? `was in \`${machine.state}\`` : 'was never started';
    return {
      kind: 'told',
      seq: null,
      problem: `as ${mark.seq} it told that the machine at ${data.path} was in \`${data.state}\`, and it ${was}`,
    };
  };
  return Object.assign(check, { count: () => next ?? 0 });
};

const readTold = ({ data }: TraceMark) => Told.safeParse(data).data ?? null;
