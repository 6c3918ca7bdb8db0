import { SignalboxError } from '../../protocol/errors.ts';
import { toResources, type PlanJson } from './plan-json.ts';

const MAX_NAMED = 50;

/** Throws `TARGET_INVALID`. */
export const toTargetPattern = (target: string): RegExp => {
  try {
    return new RegExp(target);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new SignalboxError('TARGET_INVALID', { target, problem }, { cause });
  }
};

/** Every resource instance that a plan knows: planned, in the state, or to be changed. */
const toAddresses = (plan: PlanJson): string[] => {
  const known = [
    ...toResources(plan.planned_values?.root_module),
    ...toResources(plan.prior_state?.values?.root_module),
    ...plan.resource_changes,
  ];
  return [...new Set(known.map(({ address }) => address))].toSorted();
};

/** The tool itself takes a target that matches nothing for a success: we do not. Throws `TARGET_NO_MATCH`. */
export const expandTarget = (target: string, plan: PlanJson): { matched: string[]; known: string[] } => {
  const pattern = toTargetPattern(target);
  const known = toAddresses(plan);
  const matched = known.filter((address) => pattern.test(address));
  if (matched.length > 0) return { matched, known };
  const named = known.slice(0, MAX_NAMED).join(', ');
  const more = known.length > MAX_NAMED ? ` and ${known.length - MAX_NAMED} more` : '';
  throw new SignalboxError('TARGET_NO_MATCH', { target, addresses: known.length === 0 ? 'none' : named + more });
};
