import { expect, it } from 'vitest';
import type { TraceEvent, TraceMark } from '../../src/protocol/trace.ts';
import type { Life } from '../../src/trace/read.ts';
import { renderTrace } from '../../src/trace/render.ts';

const life = (...entries: Life['entries']): Life => ({
  header: {
    kind: 'life',
    version: 1,
    life: 1,
    at: 1_000,
    attempt: 'job_0123456789abcdef.1',
    runner: 'shop',
    signalbox: '0.1.0',
    machines: {},
  },
  entries,
  seal: null,
});
const event = (at: number, type: string, facts: object, state: string | null, to = 'job'): TraceEvent => ({
  kind: 'event',
  seq: 0,
  at,
  to,
  from: null,
  machine: 'job',
  event: { type, ...facts },
  state,
});
const mark = (at: number, name: TraceMark['mark'], data: unknown): TraceMark => ({
  kind: 'mark',
  at,
  mark: name,
  data,
});
const linesOf = (...entries: Life['entries']): string[] =>
  renderTrace([life(...entries)])
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replaceAll(/ {2,}/g, '  '));

it('a life begins with who, of what, and when', () => {
  expect(renderTrace([life()])).toBe(
    'life 1 of job_0123456789abcdef.1: runner shop, signalbox 0.1.0, from 1970-01-01 00:00:01.000Z\n',
  );
});

it('a line has the time since then, the machine, what it heard, and where that led if it led anywhere', () => {
  expect(
    linesOf(
      event(1_000, 'xstate.init', { input: { spec: 'long' } }, 'preparing'),
      event(2_500, 'process.exited', { exitCode: 0, signal: null, at: 2_499 }, 'collecting', 'job/step.0'),
      event(2_600, 'lease.renewed', {}, 'preparing'),
      event(3_000, 'job.cancel', {}, null),
    ),
  ).toEqual([
    '+0.000 s  job  xstate.init → preparing',
    '+1.500 s  job/step.0  process.exited exitCode=0 → collecting',
    '+1.600 s  job  lease.renewed',
    '+2.000 s  job  job.cancel → (not recorded)',
  ]);
});

it('marks tell the log, what was told on, and what was acknowledged, each once', () => {
  expect(
    linesOf(
      mark(1_001, 'log', { text: '\u001b[32m> Job succeeded.\u001b[0m\r\n' }),
      mark(1_001, 'log', { begins: true }),
      mark(1_002, 'log', { index: 0, directory: '/x', step: { key: 'plan' } }),
      mark(1_003, 'events', { seq: 3, at: 1, event: { type: 'step.finished', step: 'plan', exitCode: 0 } }),
      mark(1_004, 'events', { seq: 4, at: 1, event: { type: 'machine', state: 'done' } }),
      mark(1_005, 'permit', { step: 'apply' }),
      mark(1_005, 'permit', { step: 'apply', fence: 7 }),
      mark(1_006, 'sealed', { sha256: 'abc' }),
      mark(1_007, 'sealed', { abandoned: { step: 'plan', reason: null }, sha256: 'abc' }),
    ).map((line) => line.replace(/^\S+ s {2}/, '')),
  ).toEqual([
    '· log > Job succeeded.',
    '· log begins',
    '· log follows step plan',
    '· tells step.finished step=plan exitCode=0',
    '· permit step=apply',
    '· permit step=apply fence=7',
    '· sealed sha256=abc',
    '· sealed: the attempt is given up, its step plan was lost',
  ]);
});

it('a process whose end nobody knows is told as that', () => {
  expect(linesOf(event(1_000, 'process.exited', { exitCode: null, signal: null, at: 1 }, 'collecting'))).toEqual([
    '+0.000 s  job  process.exited nobody knows how → collecting',
  ]);
  expect(linesOf(event(1_000, 'process.exited', { exitCode: null, signal: 'SIGKILL' }, 'collecting'))).toEqual([
    '+0.000 s  job  process.exited signal=SIGKILL → collecting',
  ]);
});

it('nothing of a trace reaches a terminal as a command, and long texts are cut', () => {
  const [line = ''] = linesOf(event(1_000, 'note', { message: `\u0007\u009b2J${'x'.repeat(500)}` }, null));
  // oxlint-disable-next-line no-control-regex
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(line.length).toBeLessThan(150);
  expect(line).toContain('…');
});
