import { toAction, toLook } from './actions.ts';
import { ansi } from './ansi.ts';
import type { PlanJson, ResourceChange, ValueChange } from './plan-json.ts';
import { renderDiff } from './render-diff.ts';
import { isShownObject, type Shown } from './render-value.ts';
import { createSecretFinder } from './sensitive.ts';
import { toShown } from './to-shown.ts';

type IsSecret = (text: string) => boolean;

const toSides = (change: ValueChange, isSecret: IsSecret): { before: Shown; after: Shown } => {
  const gone = toAction(change.actions) === 'delete';
  return {
    before: toShown(change.before ?? null, change.before_sensitive, undefined, isSecret),
    after: gone ? null : toShown(change.after ?? null, change.after_sensitive, change.after_unknown, isSecret),
  };
};
const toObject = (value: Shown): Record<string, Shown> => (isShownObject(value) ? value : {});

const renderResource = (resource: ResourceChange, isSecret: IsSecret): string => {
  const { address, previous_address, mode, type, name, action_reason, change } = resource;
  const action = toAction(change.actions);
  const words = [action === 'noop' ? '' : toLook(action).words];
  if (previous_address !== undefined) words.push(`has moved from ${previous_address}`);
  if (change.importing) words.push('will be imported');
  const heading = words.filter((text) => text !== '').join(', and ');
  if (heading === '') return '';
  const reason = action_reason?.replace(/^(replace|delete)_(because|by)_/, '').replaceAll('_', ' ');
  const because = reason === undefined ? '' : ansi.grey(` (${reason})`);
  const { before, after } = toSides(change, isSecret);
  const body = action === 'remove' ? [] : renderDiff(toObject(before), toObject(after), 8);
  const block = mode === 'data' ? 'data' : 'resource';
  return [
    `\n${ansi.bold(`  # ${address}`)} ${heading}${because}`,
    `${toLook(action).sign} ${block} ${JSON.stringify(type)} ${JSON.stringify(name)} {`,
    ...body,
    '    }\n',
  ].join('\n');
};

const renderOutputs = (changes: PlanJson['output_changes'], isSecret: IsSecret): string => {
  const before: Record<string, Shown> = {};
  const after: Record<string, Shown> = {};
  for (const [name, change] of Object.entries(changes)) {
    if (toAction(change.actions) === 'noop') continue;
    const sides = toSides(change, isSecret);
    before[name] = sides.before;
    after[name] = sides.after;
  }
  const lines = renderDiff(before, after, 4);
  return lines.length === 0 ? '' : `\nChanges to Outputs:\n${lines.join('\n')}\n`;
};

/**
 * A plan's JSON → its changes attribute by attribute, close to how the tools draw them (an attribute and a nested block
 * look alike in the JSON). No sensitive value is in it, with or without a mark. Empty: nothing changes.
 */
export const renderPlan = (plan: PlanJson): string => {
  const isSecret = createSecretFinder(plan);
  const resources = plan.resource_changes.map((resource) => renderResource(resource, isSecret)).join('');
  return resources + renderOutputs(plan.output_changes, isSecret);
};
