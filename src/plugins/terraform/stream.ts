import type { AttemptEvent, Outputs, Summary } from '../../protocol/attempt.ts';
import type { StreamReader } from '../plugin.ts';
import { findFailureSign, type FailureSign } from './failure-sign.ts';
import { readMessage, type Message } from './message.ts';
import { renderMessage } from './render-message.ts';
import type { StreamFacts } from './stream-facts.ts';
import { toSentence } from './to-sentence.ts';

const MAX_NAMES = 100;
const MAX_NOTES = 50;
type Event = { [T in AttemptEvent['type']]: Extract<AttemptEvent, { type: T }> };

/** How many applied operations a planned change is made of; actions not named here touch no object. */
const OPERATIONS: Record<string, number> = { create: 1, update: 1, delete: 1, replace: 2 };
const COUNTED: Record<string, 'add' | 'change' | 'remove'> = { create: 'add', update: 'change', delete: 'remove' };

/**
 * Reads a `-json` stream. `apply`: of a saved plan, where the tool repeats the planned changes before it starts; they
 * are counted then, not shown. The end of a resource is told in the ledger with the id that an import would need.
 */
export const createStreamReader = (kind: 'plan' | 'apply'): StreamReader => {
  const planned: Record<string, number> = {};
  /** Address → operations that it still needs. */
  const pending = new Map<string, number>();
  const started = new Map<string, string | null>();
  const errored: string[] = [];
  const drifted: string[] = [];
  const counts: Summary = { add: 0, change: 0, remove: 0, import: 0, outputs: 0 };
  let summary: Summary | null = null;
  let operation: string | null = null;
  const outputs: Outputs = {};
  let firstError: string | null = null;
  let sign: FailureSign['kind'] | null = null;
  let [errors, warnings, drift, completed, total, done, notes] = [0, 0, 0, 0, 0, 0, 0];

  const readPlanned = ({ change }: Message): void => {
    if (!change) return;
    planned[change.action] = (planned[change.action] ?? 0) + 1;
    const operations = OPERATIONS[change.action] ?? 0;
    if (operations === 0) return;
    if (!pending.has(change.resource.addr)) total += 1;
    pending.set(change.resource.addr, (pending.get(change.resource.addr) ?? 0) + operations);
  };

  const readHook = ({ type, hook }: Message): AttemptEvent[] => {
    const action = hook?.action;
    if (!hook || action === undefined || !(action in OPERATIONS)) return [];
    const address = hook.resource.addr;
    const event = (moment: Event['resource']['moment'], id: string | null): AttemptEvent => ({
      type: 'resource',
      address,
      action,
      moment,
      id,
    });
    if (type === 'apply_start') {
      started.set(address, hook.id_value ?? null);
      return [event('started', hook.id_value ?? null)];
    }
    if (type !== 'apply_complete' && type !== 'apply_errored') return [];
    const id = hook.id_value ?? started.get(address) ?? null;
    started.delete(address);
    if (type === 'apply_errored') {
      errored.push(address);
      return [event('errored', id)];
    }
    completed += 1;
    const counted = COUNTED[action];
    if (counted !== undefined) counts[counted] += 1;
    const left = (pending.get(address) ?? 1) - 1;
    pending.set(address, left);
    if (left === 0) done += 1;
    const progress = { done, total: total === 0 ? null : total, noun: 'resources' };
    return left === 0 ? [event('completed', id), { type: 'progress', progress }] : [event('completed', id)];
  };

  const readDiagnostic = ({ diagnostic }: Message): AttemptEvent[] => {
    if (!diagnostic) return [];
    const level = diagnostic.severity === 'error' ? 'error' : 'warning';
    const sentence = toSentence(diagnostic);
    if (level === 'error') {
      errors += 1;
      firstError ??= sentence;
      const found = findFailureSign(sentence)?.kind ?? null;
      if (sign === null || found === 'permanent') sign = found;
    } else warnings += 1;
    notes += 1;
    return notes <= MAX_NOTES ? [{ type: 'note', level, message: sentence }] : [];
  };

  const readOutputs = (message: Message): void => {
    for (const [name, { action, sensitive, value }] of Object.entries(message.outputs ?? {})) {
      if (action === undefined) outputs[name] = sensitive ? { sensitive } : { value: value ?? null, sensitive };
      else if (action !== 'noop') counts.outputs += 1;
    }
  };

  const read = (message: Message): AttemptEvent[] => {
    if (message.type === 'planned_change') readPlanned(message);
    else if (message.type === 'resource_drift' && message.change) {
      drift += 1;
      drifted.push(message.change.resource.addr);
    } else if (message.type === 'change_summary' && message.changes) {
      const { add, change, remove, import: imported } = message.changes;
      operation = message.changes.operation;
      summary = { add, change, remove, import: imported, outputs: 0 };
    } else if (message.type === 'outputs') readOutputs(message);
    else if (message.type === 'diagnostic') return readDiagnostic(message);
    else if (message.hook) return readHook(message);
    return [];
  };

  return {
    line(line) {
      const message = readMessage(line);
      if (!message) return { text: line === '' ? '' : `${line}\n`, events: [] };
      const hidden = kind === 'apply' && (message.type === 'planned_change' || message.type === 'resource_drift');
      const first = message.type === 'planned_change' && Object.keys(planned).length === 0;
      const events = read(message);
      const text = hidden ? '' : renderMessage(message);
      return { text: first && text !== '' ? `\n${text}` : text, events };
    },
    evidence() {
      const facts: StreamFacts = {
        operation,
        errors,
        warnings,
        sign,
        planned: { ...planned },
        drift,
        drifted: drifted.slice(0, MAX_NAMES),
        completed,
        errored: errored.slice(0, MAX_NAMES),
        unfinished: [...started.keys()].slice(0, MAX_NAMES),
        outputs: { ...outputs },
      };
      // An apply that did not end well has no closing summary: what was counted is what happened.
      const counted = kind === 'apply' ? { ...counts } : null;
      return { summary: summary ? { ...summary, outputs: counts.outputs } : counted, error: firstError, facts };
    },
  };
};
