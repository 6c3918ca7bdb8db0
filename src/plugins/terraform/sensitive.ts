import type { PlanJson, PlanResource } from './plan-json.ts';
import { toResources } from './plan-json.ts';

/** Shorter ones are hidden where they are a whole value, not inside longer text. */
const MIN_INSIDE = 4;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const addLeaves = (into: Set<string>, value: unknown): void => {
  if (typeof value === 'string' || typeof value === 'number') into.add(String(value));
  else if (Array.isArray(value)) for (const item of value) addLeaves(into, item);
  else if (isObject(value)) for (const item of Object.values(value)) addLeaves(into, item);
};

/** Walks a value beside its tree of marks (`true` = all of it is sensitive). */
const addMarked = (into: Set<string>, value: unknown, marks: unknown): void => {
  if (marks === true) addLeaves(into, value);
  else if (Array.isArray(marks) && Array.isArray(value)) {
    for (const [index, mark] of marks.entries()) addMarked(into, value[index], mark);
  } else if (isObject(marks) && isObject(value)) {
    for (const [key, mark] of Object.entries(marks)) addMarked(into, value[key], mark);
  }
};

/**
 * Tells whether a text gives a sensitive value of this plan away. The marks in a plan's JSON are not enough: measured,
 * the `output` of a `terraform_data` repeats a sensitive `input` without a mark. So the values themselves are looked for.
 */
export const createSecretFinder = (plan: PlanJson): ((text: string) => boolean) => {
  const secrets = new Set<string>();
  const resourceChanges = [...plan.resource_changes, ...plan.resource_drift].map(({ change }) => change);
  for (const change of [...resourceChanges, ...Object.values(plan.output_changes)]) {
    addMarked(secrets, change.before, change.before_sensitive);
    addMarked(secrets, change.after, change.after_sensitive);
  }
  const resources: PlanResource[] = [
    ...toResources(plan.planned_values?.root_module),
    ...toResources(plan.prior_state?.values?.root_module),
  ];
  for (const { values, sensitive_values } of resources) addMarked(secrets, values, sensitive_values);
  const declared = plan.configuration?.root_module?.variables ?? {};
  for (const [name, { value }] of Object.entries(plan.variables)) {
    if (declared[name]?.sensitive) addLeaves(secrets, value);
  }
  secrets.delete('');
  // By their beginning: a plan may hold thousands of secrets, and thousands of texts to look through.
  const byStart = Map.groupBy(
    [...secrets].filter((secret) => secret.length >= MIN_INSIDE),
    (secret) => secret.slice(0, MIN_INSIDE),
  );
  const isInside = (text: string): boolean => {
    for (let at = 0; at + MIN_INSIDE <= text.length; at += 1) {
      const candidates = byStart.get(text.slice(at, at + MIN_INSIDE));
      if (candidates?.some((secret) => text.startsWith(secret, at))) return true;
    }
    return false;
  };
  return (text) => secrets.has(text) || (byStart.size > 0 && isInside(text));
};
