import { expect, it } from 'vitest';
import { toWorkspaceDirectory } from '../../../src/cli/compose/workspace-directory.ts';

it.each([
  ['/var/tmp/runner', ['/var/cache/runner', '/tmp/signalbox/work'], '/var/tmp/runner'],
  // Alike at their beginning is not inside.
  ['/var/tmp/runner', ['/var/tmp/runner-cache'], '/var/tmp/runner'],
  ['/var/tmp/runner', ['/var/tmp/runner/cache'], '/var/tmp/runner/workspaces'],
  ['/var/tmp/runner/', ['/var/tmp/x/../runner/cache'], '/var/tmp/runner/workspaces'],
  ['/tmp', ['/var/cache/runner', '/tmp/signalbox/work'], '/tmp/workspaces'],
])('the workspaces of %s, where steps need %j, lie in %s', (temporary, needed, expected) => {
  expect(toWorkspaceDirectory(temporary, needed)).toBe(expected);
});
