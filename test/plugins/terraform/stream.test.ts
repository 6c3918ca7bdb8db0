import { expect, test } from 'vitest';
import { createStreamReader } from '../../../src/plugins/terraform/stream.ts';
import { toFlat, toPlain } from '../../helpers/run-plugin.ts';

const line = (type: string, text: string, more: object = {}) => JSON.stringify({ '@message': text, type, ...more });
const read = (lines: readonly string[], kind: 'plan' | 'apply' = 'plan') => {
  const reader = createStreamReader(kind);
  const parts = lines.map((text) => reader.line(text));
  return {
    text: toPlain(parts.map(({ text }) => text).join('')),
    events: parts.flatMap(({ events }) => events),
    reader,
  };
};
const change = (action: string, more: object = {}) =>
  line('planned_change', 'x', { change: { resource: { addr: 'a.b' }, action, ...more } });

test('a line that is not of the tool is shown as it is', () => {
  for (const text of ['plain', '{"a":1}', '{broken', '[1]', '  indented', '\u001b[31mred', 'null']) {
    expect(createStreamReader('apply').line(text)).toEqual({ text: `${text}\n`, events: [] });
  }
});

test('the version and messages of an unknown type say nothing, and break nothing', () => {
  expect(
    read([
      line('version', 'Terraform 1.11.4'),
      line('hologram', 'new', { change: { resource: { addr: 'a' }, action: 'x' } }),
    ]).text,
  ).toBe('');
});

test.each([
  ['create', '  + a.b will be created'],
  ['update', '  ~ a.b will be updated in-place'],
  ['delete', '  - a.b will be destroyed'],
  ['replace', '-/+ a.b must be replaced'],
  ['read', ' <= a.b will be read during apply'],
  ['remove', '  . a.b will no longer be managed, but will not be destroyed'],
  ['import', '  # a.b will be imported'],
  ['sing', '    a.b : sing'],
])('a planned %s is one line', (action, text) => {
  expect(read([change(action)]).text).toBe(`\n${text}\n`);
});

test('a move names where it came from, and a reason is told', () => {
  expect(read([change('move', { previous_resource: { addr: 'a.old' } })]).text).toContain('a.b has moved (from a.old)');
  expect(read([change('replace', { reason: 'tainted' })]).text).toContain('must be replaced (tainted)');
});

test('drift is shown by a plan, counted by both, and not repeated by an apply', () => {
  const drift = line('resource_drift', 'x', { change: { resource: { addr: 'a.b' }, action: 'delete' } });
  const planned = read([drift]);
  expect(planned.text).toBe('  - a.b was deleted outside of this code\n');
  expect(planned.reader.evidence().facts).toMatchObject({ drift: 1, drifted: ['a.b'] });
  expect(read([drift], 'apply').text).toBe('');
});

test('a diagnostic keeps its place, its snippet, its values and its words', () => {
  const diagnostic = {
    severity: 'error',
    summary: 'Bad thing',
    detail: `${'word '.repeat(40).trim()}\n  indented stays\n\nlast`,
    address: 'a.b',
    range: { filename: 'main.tf', start: { line: 9 } },
    snippet: {
      context: 'resource "a" "b"',
      code: 'é = wrong\nsecond',
      start_line: 9,
      highlight_start_offset: 5,
      highlight_end_offset: 10,
      values: [{ traversal: 'var.x', statement: 'is a string' }],
    },
  };
  const reader = createStreamReader('apply');
  const { text, events } = reader.line(line('diagnostic', 'Error: Bad thing', { diagnostic }));
  expect(text).toContain('\u001b[4mwrong\u001b[0m');
  expect(toPlain(text)).toContain(
    '│   with a.b,\n│   on main.tf line 9, in resource "a" "b":\n│    9: é = wrong\n│   10: second',
  );
  expect(toFlat(text)).toContain(`var.x is a string ${'word '.repeat(40)}indented stays last`);
  expect(
    Math.max(
      ...toPlain(text)
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(78);
  expect(events).toEqual([
    { type: 'note', level: 'error', message: expect.stringMatching(/^Bad thing \(main\.tf line 9\): word/) },
  ]);
  expect(reader.evidence().error).toContain('Bad thing (main.tf line 9)');
});

test('a diagnostic that has another shape is still shown', () => {
  expect(read([line('diagnostic', 'Error: odd', { diagnostic: 7 })]).text).toContain('Error: odd');
  expect(read([line('diagnostic', 'Error: odd')]).text).toBe('Error: odd\n');
  const noSource = { severity: 'warning', summary: 'S', range: { filename: 'x.tf', start: { line: 3 } } };
  expect(read([line('diagnostic', '', { diagnostic: noSource })]).text).toContain(
    'on x.tf line 3:\n│   (source code not available)',
  );
});

test('an interrupt is told in the words of the tool', () => {
  expect(read([line('log', '\nInterrupt received.\n'), line('log', 'Stopping operation...')], 'apply').text).toBe(
    '\nInterrupt received.\n\nStopping operation...\n',
  );
});

test('what was started and never ended is in the evidence of an apply that was cut off', () => {
  const hook = { resource: { addr: 'a.b' }, action: 'create' };
  const { reader, events } = read([change('create'), line('apply_start', 'a.b: Creating...', { hook })], 'apply');
  expect(reader.evidence()).toMatchObject({ summary: { add: 0 }, facts: { unfinished: ['a.b'], operation: null } });
  expect(events).toEqual([{ type: 'resource', address: 'a.b', action: 'create', moment: 'started', id: null }]);
});

test('reading data is no entry of the ledger', () => {
  const hook = { resource: { addr: 'data.a.b' }, action: 'read' };
  const { events, text } = read([
    line('apply_start', 'data.a.b: Refreshing...', { hook }),
    line('apply_complete', 'done', { hook }),
  ]);
  expect(events).toEqual([]);
  expect(text).toBe('data.a.b: Refreshing...\ndone\n');
});

test('sensitive outputs have no value in text or evidence, even where the tool sent one', () => {
  const outputs = {
    a: { sensitive: true, value: 'hidden-value' },
    b: { sensitive: false, value: { k: [1, 'two\nlines'] } },
  };
  const { text, reader } = read([line('outputs', 'Outputs: 2', { outputs })], 'apply');
  expect(text + JSON.stringify(reader.evidence())).not.toContain('hidden-value');
  expect(text).toContain('a = <sensitive>\nb = {\n  k = [\n    1,\n    <<-EOT');
});

test('notes end at fifty, diagnostics in the text do not', () => {
  const one = line('diagnostic', 'Error: E', { diagnostic: { severity: 'error', summary: 'E' } });
  const { text, events, reader } = read(Array.from({ length: 60 }, () => one));
  expect(events).toHaveLength(50);
  expect(text.match(/Error: E/g)).toHaveLength(60);
  expect(reader.evidence().facts).toMatchObject({ errors: 60 });
});
