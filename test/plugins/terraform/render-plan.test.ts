import { expect, test } from 'vitest';
import { PlanJson } from '../../../src/plugins/terraform/plan-json.ts';
import { renderPlan } from '../../../src/plugins/terraform/render-plan.ts';
import { toPlain } from '../../helpers/run-plugin.ts';

const SECRET = 'a-very-secret-value';
const render = (change: object, more: object = {}) =>
  toPlain(
    renderPlan(
      PlanJson.parse({
        format_version: '1.2',
        resource_changes: [{ address: 'a.b', mode: 'managed', type: 'a', name: 'b', change }],
        ...more,
      }),
    ),
  );

test('only what differs is drawn, and the rest is counted', () => {
  const before = { id: 'x', same: 1, list: [1, 2, 3], map: { a: 1, b: 2 }, gone: true };
  const after = { id: 'x', same: 1, list: [1, 5, 3], map: { a: 1, b: 3 }, fresh: 'y' };
  expect(render({ actions: ['update'], before, after })).toBe(
    `
  # a.b will be updated in-place
  ~ resource "a" "b" {
      + fresh = "y"
      - gone  = true -> null
      ~ list  = [
          ~ 2 -> 5,
            # (2 unchanged elements hidden)
        ]
      ~ map   = {
          ~ b = 2 -> 3
            # (1 unchanged attribute hidden)
        }
        # (2 unchanged attributes hidden)
    }
`,
  );
});

test('of a text of many lines those that changed are drawn', () => {
  const drawn = render({ actions: ['update'], before: { t: 'a\nb\nc\nd\n' }, after: { t: 'a\nX\nY\nd\n' } });
  expect(drawn).toContain(
    `~ t = <<-EOT
            # (1 unchanged lines hidden)
          - b
          - c
          + X
          + Y
            # (1 unchanged lines hidden)
        EOT`,
  );
});

test.each([
  [
    'marked as a whole',
    { actions: ['update'], before: { a: 'x' }, after: { a: SECRET }, after_sensitive: { a: true } },
  ],
  ['marked inside a list', { actions: ['create'], after: { a: ['x', SECRET] }, after_sensitive: { a: [false, true] } }],
  ['marked above', { actions: ['delete'], before: { a: { b: [SECRET] } }, before_sensitive: { a: true } }],
  ['repeated without a mark', { actions: ['delete'], before: { a: SECRET, b: SECRET }, before_sensitive: { a: true } }],
  ['inside longer text', { actions: ['create'], after: { a: SECRET, b: `x${SECRET}y` }, after_sensitive: { a: true } }],
  ['as a key', { actions: ['create'], after: { a: SECRET, b: { [SECRET]: 1 } }, after_sensitive: { a: true } }],
])('a sensitive value %s is never drawn', (_, change) => {
  const drawn = render(change);
  expect(drawn).not.toContain(SECRET);
  expect(drawn).toContain('(sensitive value)');
});

test('the value of a sensitive variable is hidden wherever it turns up', () => {
  const drawn = render(
    { actions: ['create'], after: { a: SECRET } },
    {
      variables: { v: { value: { deep: [SECRET] } } },
      configuration: { root_module: { variables: { v: { sensitive: true } } } },
      output_changes: { o: { actions: ['create'], after: SECRET } },
    },
  );
  expect(drawn).not.toContain(SECRET);
  expect(drawn).toContain('+ o = (sensitive value)');
});

test('a sensitive value that changes is seen to change, and one that stays is hidden', () => {
  const marks = { before_sensitive: { a: true }, after_sensitive: { a: true } };
  const changed = render({ actions: ['update'], before: { a: 'one-1' }, after: { a: 'two-2' }, ...marks });
  expect(changed).toContain('~ a = (sensitive value)');
  const same = render({ actions: ['update'], before: { a: 'one-1', b: 1 }, after: { a: 'one-1', b: 2 }, ...marks });
  expect(same).not.toContain('(sensitive value)');
});

test('what is not known yet is said to be so, deep inside, too', () => {
  const change = { actions: ['create'], after: { m: { a: 1 } }, after_unknown: { id: true, m: { b: true } } };
  const drawn = render(change);
  expect(drawn).toContain('+ id = (known after apply)');
  expect(drawn).toContain('b = (known after apply)');
});

test('text that looks like a template is escaped', () => {
  expect(render({ actions: ['create'], after: { a: '${x} "q"' } })).toContain('+ a = "$${x} \\"q\\""');
});

test('a plan without changes draws nothing', () => {
  expect(render({ actions: ['no-op'], before: { a: 1 }, after: { a: 1 } })).toBe('');
});
