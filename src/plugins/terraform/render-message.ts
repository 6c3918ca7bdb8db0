import { toLook } from './actions.ts';
import { ansi } from './ansi.ts';
import type { Message, PlannedChange, StreamOutputs } from './message.ts';
import { renderDiagnostic } from './render-diagnostic.ts';
import { renderValue, toKey } from './render-value.ts';

const renderPlanned = ({ resource, previous_resource, action, reason }: PlannedChange): string => {
  const { sign, words } = toLook(action);
  const from = previous_resource ? ` (from ${previous_resource.addr})` : '';
  const because = reason === undefined ? '' : ansi.grey(` (${reason.replaceAll('_', ' ')})`);
  return `${sign} ${ansi.bold(resource.addr)} ${words}${from}${because}\n`;
};

const renderDrift = ({ resource, action }: PlannedChange): string => {
  const what = { delete: 'was deleted', move: 'has moved' }[action] ?? 'has changed';
  return `${toLook(action).sign} ${ansi.bold(resource.addr)} ${what} outside of this code\n`;
};

/** A plan names the outputs that change, an apply the values that they have now. */
const renderOutputs = (outputs: StreamOutputs): string => {
  const planned: string[] = [];
  const present: string[] = [];
  for (const [name, output] of Object.entries(outputs)) {
    if (output.action === undefined) {
      const value = output.sensitive ? '<sensitive>' : renderValue(output.value ?? null);
      present.push(`${toKey(name)} = ${value}\n`);
    } else if (output.action !== 'noop') planned.push(`${toLook(output.action).sign} ${toKey(name)}\n`);
  }
  if (present.length > 0) return `\n${ansi.bold(ansi.green('Outputs:'))}\n\n${present.join('')}`;
  return planned.length > 0 ? `\nChanges to Outputs:\n${planned.join('')}` : '';
};

const renderSummary = ({ changes, '@message': text }: Message): string => {
  if (changes?.operation !== 'plan') return `\n${ansi.bold(ansi.green(text))}\n`;
  const colon = text.indexOf(':') + 1;
  return `\n${ansi.bold(text.slice(0, colon))}${text.slice(colon)}\n`;
};

const renderProvisioner = ({ hook, '@message': text }: Message): string =>
  hook?.output === undefined
    ? `${ansi.bold(text)}\n`
    : `${ansi.bold(`${hook.resource.addr} (${hook.provisioner}):`)} ${hook.output}\n`;

/** Left out as a person at a terminal does not see them: the tool says the same in another line. */
const SILENT = new Set(['version', 'refresh_complete', 'provision_complete', 'provision_errored', 'apply_errored']);
/** Hooks whose own sentence is what the tool prints. */
const HOOK = /^(refresh|apply|provision|ephemeral_op)_(start|progress|complete|errored)$/;

/** One message → the text people know, newlines included; empty: nothing to see. */
export const renderMessage = (message: Message): string => {
  const { type, change, diagnostic, outputs } = message;
  if (SILENT.has(type)) return '';
  if (type === 'log') return `${message['@message']}\n`;
  if (type === 'diagnostic') return diagnostic ? renderDiagnostic(diagnostic) : `${message['@message']}\n`;
  if (type === 'planned_change') return change ? renderPlanned(change) : '';
  if (type === 'resource_drift') return change ? renderDrift(change) : '';
  if (type === 'outputs') return outputs ? renderOutputs(outputs) : '';
  if (type === 'change_summary') return renderSummary(message);
  if (type === 'provision_progress') return renderProvisioner(message);
  return HOOK.test(type) ? `${ansi.bold(message['@message'])}\n` : '';
};
