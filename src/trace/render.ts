import type { TraceEvent, TraceMark } from '../protocol/trace.ts';
import { isRecord } from './is-record.ts';
import type { Life } from './read.ts';

const PATH_WIDTH = 22;
const MAX_TEXT = 80;
/** Told by the line itself. */
const LEFT_OUT = new Set(['actorId', 'at']);

/** Lives as a timeline for people: when, which machine, what it heard, where that led. */
export const renderTrace = (lives: readonly Life[]): string =>
  lives.map((life) => `${[toHead(life), ...toLines(life)].join('\n')}\n`).join('\n');

const toHead = ({ header }: Life): string => {
  const { life, attempt, runner, signalbox, at } = header;
  return `life ${life} of ${attempt}: runner ${runner}, signalbox ${signalbox}, from ${toTime(at)}`;
};

const toLines = ({ header, entries }: Life): string[] => {
  const states = new Map<string, string>();
  return entries.flatMap((entry) => {
    const since = `+${((entry.at - header.at) / 1000).toFixed(3)} s`.padStart(12);
    if (entry.kind === 'mark') {
      const told = toMarkText(entry);
      return told === null ? [] : [`${since}  ${''.padEnd(PATH_WIDTH)}  · ${told}`];
    }
    const before = states.get(entry.to);
    if (entry.state !== null) states.set(entry.to, entry.state);
    return [`${since}  ${entry.to.padEnd(PATH_WIDTH)}  ${toEventText(entry, before)}`];
  });
};

/** Null: the line above says it already. */
const toMarkText = ({ mark, data }: TraceMark): string | null => {
  const facts = isRecord(data) ? data : {};
  if (mark === 'log') {
    const { begins, text, step } = facts;
    if (begins === true) return 'log begins';
    return isRecord(step) ? `log follows step ${String(step['key'])}` : `log ${toFacts(text)}`;
  }
  if (mark === 'events' && isRecord(facts['event'])) {
    const { type, ...rest } = facts['event'];
    // A machine's new state, as it is told to the control plane.
    return type === 'machine' ? null : `tells ${String(type)} ${toFacts(rest)}`;
  }
  if (mark === 'sealed' && isRecord(facts['abandoned'])) {
    return `sealed: the attempt is given up, its step ${String(facts['abandoned']['step'])} was lost`;
  }
  return [mark, toFacts(data)].filter(Boolean).join(' ');
};

const toEventText = ({ event, state }: TraceEvent, before: string | undefined): string => {
  const { type, ...facts } = event;
  const led = state === null ? '→ (not recorded)' : state === before ? '' : `→ ${state}`;
  // What a machine starts with is the whole job: too much for a line, and in the file.
  const told = type === 'xstate.init' ? '' : isUnknownEnd(event) ? 'nobody knows how' : toFacts(facts);
  return [type, told, led].filter(Boolean).join(' ');
};

const isUnknownEnd = ({ type, exitCode, signal }: TraceEvent['event']): boolean =>
  type === 'process.exited' && exitCode === null && signal === null;

/** The plain values of an event, one level deep, as `name=value`. */
const toFacts = (data: unknown): string => {
  if (typeof data === 'string') return shorten(data);
  if (!isRecord(data)) return data === undefined || data === null ? '' : String(data);
  const parts = Object.entries(data)
    .filter(([name]) => !LEFT_OUT.has(name))
    .flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (typeof value !== 'object') return [`${name}=${shorten(String(value))}`];
      const inner = Object.entries(value).filter(([, deep]) => deep !== null && typeof deep !== 'object');
      return inner.length === 0
        ? []
        : [`${name}{${inner.map(([at, deep]) => `${at}=${shorten(String(deep))}`).join(' ')}}`];
    });
  return shorten(parts.join(' '), 2 * MAX_TEXT);
};

// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** On one line, and no control character reaches the terminal. */
const shorten = (text: string, max = MAX_TEXT): string => {
  const plain = text
    .replaceAll(COLOURS, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return plain.length > max ? `${plain.slice(0, max - 1)}…` : plain;
};

const toTime = (at: number): string => new Date(at).toISOString().replace('T', ' ');
