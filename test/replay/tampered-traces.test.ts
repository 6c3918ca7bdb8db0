import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../src/protocol/errors.ts';
import { TRACE_VERSION } from '../../src/protocol/trace.ts';
import { toSentence } from '../../src/trace/divergence.ts';
import { readTrace } from '../../src/trace/read.ts';
import { replayTrace } from '../../src/trace/replay-trace.ts';
import { linesOf, toText, TRACES } from './traces.ts';

// oxlint-disable-next-line no-explicit-any -- what is changed here is changed against every type
type Loose = any;
type Lines = readonly string[];

/** What says that a trace is not as it was: the kind of its divergence, the code of an error, or an end before its end. */
const notice = (lines: Lines): { kind: string; told: string } => {
  try {
    const { divergence, end } = replayTrace(readTrace(toText(lines), 'x.ndjson'));
    return divergence ? { kind: divergence.kind, told: toSentence(divergence) } : { kind: end, told: end };
  } catch (error) {
    if (error instanceof SignalboxError) return { kind: error.code, told: error.message };
    throw error;
  }
};
const parse = (line: string | undefined): Loose => JSON.parse(line ?? '');
const edit = (lines: Lines, at: number, change: (entry: Loose) => void): Lines => {
  const entry = parse(lines[at]);
  change(entry);
  return lines.with(at, JSON.stringify(entry));
};
const swap = (lines: Lines, one: number, other: number): Lines =>
  lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');

interface Recorded {
  lines: Lines;
  entries: Loose[];
  /** Index of the seal. */
  seal: number;
  isEvent(at: number): boolean;
  /** The last event of its life. */
  isLast(at: number): boolean;
}
const read = (name: string): Recorded => {
  const lines = linesOf(name);
  const entries = lines.map(parse);
  const isEvent = (at: number) => entries[at]?.kind === 'event';
  return {
    lines,
    entries,
    seal: entries.findIndex(({ mark }) => mark === 'sealed'),
    isEvent,
    isLast: (at) => {
      const next = entries.findIndex(({ kind }, index) => index > at && kind !== 'mark');
      return entries[next]?.kind !== 'event';
    },
  };
};

/** Changes a trace at every place that is meant, and tells where it was noticed as something else than was expected. */
const surprises = (
  { entries }: Recorded,
  tamper: { at(index: number): boolean; change(index: number): Lines; expect: readonly string[] },
): string[] =>
  entries.flatMap((entry, index) => {
    if (!tamper.at(index)) return [];
    const { kind, told } = notice(tamper.change(index));
    return tamper.expect.includes(kind)
      ? []
      : [`line ${index + 1} (${entry.event?.type ?? entry.mark}): ${kind}: ${told}`];
  });

const versionOf = (name: string): number => parse(linesOf(name)[0]).version;
const current = TRACES.filter((name) => versionOf(name) === TRACE_VERSION);
const old = TRACES.filter((name) => versionOf(name) === 1);

describe.each(TRACES)('of the recorded trace %s', (name) => {
  const trace = read(name);
  const { lines, entries, isEvent, isLast } = trace;
  const without = (at: number) => lines.toSpliced(at, 1);
  const isGivenUp = entries.some(({ data }) => data?.abandoned !== undefined);

  it('an event that was taken out is missed', () => {
    const at = (index: number) => isEvent(index) && !isLast(index);
    expect(surprises(trace, { at, change: without, expect: ['missing'] })).toEqual([]);
  });

  it('two events that were swapped are told by their order', () => {
    const next = (index: number) => entries.findIndex((_, other) => other > index && isEvent(other));
    const at = (index: number) => isEvent(index) && !isLast(index);
    const change = (index: number) => swap(lines, index, next(index));
    expect(surprises(trace, { at, change, expect: ['order'] })).toEqual([]);
  });

  it('an event that stands twice is told by its order', () => {
    const change = (index: number) => lines.toSpliced(index, 0, lines[index] ?? '');
    expect(surprises(trace, { at: isEvent, change, expect: ['order'] })).toEqual([]);
  });

  it('a state that was changed is told with what today makes of it', () => {
    const change = (index: number) => edit(lines, index, (entry) => (entry.state = 'dreaming'));
    expect(surprises(trace, { at: isEvent, change, expect: ['state'] })).toEqual([]);
  });

  it('an output that was changed is told, and one that lacks what today adds is not', () => {
    const hasOutput = (index: number) =>
      /^xstate\.done\.actor\.(step\.\d+|lease|delivery)$/.test(entries[index].event?.type ?? '');
    const change = (value: unknown) => (index: number) =>
      edit(lines, index, ({ event: { output } }) => (output[Object.keys(output)[0] ?? ''] = value));
    expect(surprises(trace, { at: hasOutput, change: change('another'), expect: ['output'] })).toEqual([]);
    const expected = ['over', 'altered'].slice(versionOf(name) - 1, versionOf(name));
    expect(surprises(trace, { at: hasOutput, change: change(undefined), expect: expected })).toEqual([]);
  });

  it('a fence of another attempt is told as that, wherever it stands', () => {
    const holders = ({ event, mark, data }: Loose): Loose[] =>
      [event?.type === 'xstate.init' && event.input, mark === 'permit' && data].filter((at) => at?.fence !== undefined);
    const at = (index: number) => holders(entries[index]).length > 0;
    const change = (index: number) => edit(lines, index, (entry) => holders(entry).forEach((at) => (at.fence += 1)));
    expect(entries.filter((_, index) => at(index)).length).toBeGreaterThan(2);
    expect(surprises(trace, { at, change, expect: ['fence'] })).toEqual([]);
  });

  it('something of another attempt is told as that', () => {
    const at = (index: number) => entries[index].event?.type === 'xstate.init';
    const change = (index: number) =>
      edit(lines, index, ({ event: { input } }) => ((input.spec ?? input).attempt = 'job_0000000000000000.1'));
    expect(surprises(trace, { at, change, expect: ['attempt'] })).toEqual([]);
    const headers = (index: number) => entries[index].kind === 'life';
    const rename = (index: number) => edit(lines, index, (header) => (header.attempt = 'job_0000000000000000.1'));
    expect(surprises(trace, { at: headers, change: rename, expect: ['attempt'] })).toEqual([]);
  });

  it('a header that was taken out, or counts wrong, is told', () => {
    const at = (index: number) => entries[index].kind === 'life';
    // A life that heard nothing has no order: only the digest misses its header.
    const kinds = ['TRACE_UNREADABLE', 'order', ...(isGivenUp ? ['altered'] : [])];
    expect(surprises(trace, { at, change: without, expect: kinds })).toEqual([]);
    const change = (index: number) => edit(lines, index, (header) => (header.life += 1));
    expect(surprises(trace, { at, change, expect: ['lives'] })).toEqual([]);
  });

  it('what an event rests on is missed where its mark was taken out', () => {
    const at = (index: number) => ['permit', 'result'].includes(entries[index].mark);
    expect(surprises(trace, { at, change: without, expect: ['missing'] })).toEqual([]);
  });

  it('is from the future, or by a machine from the future', () => {
    const future = notice(edit(lines, 0, (header) => (header.version = TRACE_VERSION + 1)));
    expect(future).toEqual({
      kind: 'TRACE_TOO_NEW',
      told: `x.ndjson is of a format from the future: version 3, and this program reads up to 2.`,
    });
    const machine = notice(edit(lines, 0, (header) => (header.machines = { ...header.machines, job: '999' })));
    expect(machine.kind).toBe('version');
    expect(machine.told).toMatch(
      /^it was recorded by version 999 of the machine `job`, and this program has version \d+$/,
    );
  });
});

describe.each(current)('the sealed trace %s', (name) => {
  const trace = read(name);
  const { lines, entries, seal } = trace;
  const isBefore = (index: number) => index < seal;

  it('cannot lose a line in silence', () => {
    const change = (at: number) => lines.toSpliced(at, 1);
    const kinds = ['missing', 'told', 'order', 'altered', 'TRACE_UNREADABLE'];
    expect(surprises(trace, { at: isBefore, change, expect: kinds })).toEqual([]);
    // Behind the seal stands only how the machine heard of it; without that, the trace ends before the job.
    const behind = (at: number) => entries[at].event?.type === 'xstate.done.actor.seal';
    expect(surprises(trace, { at: behind, change, expect: ['sealed'] })).toEqual([]);
  });

  it('says so where nothing but its bytes is changed: a time, a text, a name', () => {
    const change = (at: number) => edit(lines, at, (entry) => (entry.at += 1));
    const at = (index: number) => isBefore(index) && index % 5 === 0;
    expect(surprises(trace, { at, change, expect: ['altered'] })).toEqual([]);
    expect(notice(edit(lines, 0, (header) => (header.runner = 'another')))).toEqual({
      kind: 'altered',
      told: 'the trace was changed after it was sealed',
    });
  });

  it('cannot lose its seal, or have it replaced', () => {
    expect(['missing', 'open']).toContain(notice(lines.toSpliced(seal, 1)).kind);
    expect(notice(edit(lines, seal, ({ data }) => delete data.sha256)).told).toBe('its seal has no digest');
    expect(notice(edit(lines, seal, ({ data }) => (data.sha256 = '0'.repeat(64)))).kind).toBe('altered');
  });

  it('cannot pass as one of an older format', () => {
    expect(notice(edit(lines, 0, (header) => (header.version = 1))).kind).toBe('altered');
  });
});

describe.each(old)('the trace %s of format 1', (name) => {
  const trace = read(name);

  it('has no digest, and its times decide nothing', () => {
    const later = trace.lines.map((_, at) => edit(trace.lines, at, (entry) => (entry.at += 3600_000))[at] ?? '');
    expect(notice(later).kind).toBe('over');
  });
});

it('the reason says what is wrong, and where', () => {
  const { lines, entries } = read('apply-of-two');
  const at = entries.findIndex(({ seq }) => seq === 12);
  const after = entries.findIndex(({ seq }) => seq === 13);
  expect(notice(lines.toSpliced(at, 1)).told).toBe('entry 12 is missing');
  expect(notice(swap(lines, at, after)).told).toBe('entry 13 comes before entry 12');
  expect(notice(lines.toSpliced(at, after - at + 1)).told).toBe('entries 12 to 13 are missing');
  const permit = entries.findIndex(({ mark }) => mark === 'permit');
  expect(notice(edit(lines, permit, ({ data }) => (data.fence = 9))).told).toBe(
    "the permit of `apply` carries the fence 9, and the job's is 1",
  );
  const done = entries.findIndex(({ event }) => event?.type === 'xstate.done.actor.step.0');
  expect(notice(edit(lines, done, ({ event }) => (event.output.conclusion = 'failed'))).told).toBe(
    `entry ${entries[done].seq}: the machine at job/step.0 came to \`"failed"\`, in \`conclusion\`, and today to \`"succeeded"\``,
  );
  const result = entries.findIndex(({ mark }) => mark === 'result');
  expect(notice(edit(lines, result, ({ data }) => (data.conclusion = 'failed'))).told).toBe(
    'the result says `failed`, and the job came to `succeeded`',
  );
  const told = entries.findIndex(({ mark, data }) => mark === 'events' && data.seq === 5);
  expect(notice(lines.toSpliced(told, 1)).told).toBe('what was told as 5 is missing');
});
