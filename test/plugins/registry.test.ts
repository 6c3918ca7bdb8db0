import { expect, test } from 'vitest';
import { TaskKind } from '../../src/protocol/job.ts';
import { findPlugin, PLUGINS } from '../../src/plugins/registry.ts';

test.each(TaskKind.options)('the kind %s has exactly one plugin', (kind) => {
  expect(PLUGINS.filter(({ kinds }) => kinds.includes(kind))).toEqual([findPlugin(kind)]);
});

test('a kind that nobody knows is refused by name', () => {
  expect(() => findPlugin('pulumi' as TaskKind)).toThrow(expect.objectContaining({ code: 'TASK_KIND' }));
});
