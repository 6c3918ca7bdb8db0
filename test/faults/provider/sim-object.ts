import { Unknown } from './wire.ts';

export const TYPE = 'sim_object';

/** As a plan has it: anything may be known later only. */
export interface PlannedObject {
  id: string | Unknown;
  name: string | Unknown;
  content: string | null | Unknown;
  delay_ms: number | null | Unknown;
  fail: string | null | Unknown;
  stop: string | null | Unknown;
}

/** As a state has it, and an apply once its id is given. */
export interface SimObject {
  id: string;
  name: string;
  content: string;
  delay_ms: number | null;
  fail: string | null;
  stop: string | null;
}

export const FAILS = ['create', 'update', 'delete', 'after-create'];
export const STOPS = ['ignore', 'honour'];

type Kind = 'required' | 'optional' | 'computed';
const ATTRIBUTES: [keyof SimObject, 'string' | 'number', Kind[], string][] = [
  ['id', 'string', ['computed'], 'Given by the cloud.'],
  ['name', 'string', ['required'], 'Another name is another object.'],
  ['content', 'string', ['optional', 'computed'], 'Anything; empty where it is left out.'],
  ['delay_ms', 'number', ['optional'], 'How long a creation, an update and a deletion take each.'],
  ['fail', 'string', ['optional'], `What fails: ${FAILS.join(', ')} (made, and then the call fails).`],
  ['stop', 'string', ['optional'], 'What a request to stop does to a call: ignore (it goes on) or honour (it ends).'],
];

/** The resource's schema as the protocol has it; types are JSON. */
export const SCHEMA = {
  version: 0,
  block: {
    attributes: ATTRIBUTES.map(([name, type, kinds, description]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      description,
      ...Object.fromEntries(kinds.map((kind) => [kind, true])),
    })),
  },
};

/** What is wrong with a configuration, in sentences. */
export const findProblems = ({ delay_ms: delayMs, fail, stop }: PlannedObject): string[] => {
  const isOneOf = (value: unknown, words: string[]): boolean =>
    value === null || value instanceof Unknown || words.includes(String(value));
  const isDelay = delayMs === null || delayMs instanceof Unknown || (Number.isInteger(delayMs) && delayMs >= 0);
  return [
    ...(isDelay ? [] : ['"delay_ms" is a whole number of milliseconds, 0 or more.']),
    ...(isOneOf(fail, FAILS) ? [] : [`"fail" is one of ${FAILS.join(', ')}.`]),
    ...(isOneOf(stop, STOPS) ? [] : [`"stop" is one of ${STOPS.join(', ')}.`]),
  ];
};
