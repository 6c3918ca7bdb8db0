import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenCommand } from '../../../src/cli/commands/token.ts';
import { startBox, type Box } from '../../helpers/signalbox.ts';
import { runCommand } from './run-command.ts';

let directory: string;
let box: Box;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-token-'));
  box = await startBox(directory);
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});
const run = (...argv: string[]) => runCommand(tokenCommand, argv, { data: join(directory, 'data') });

describe('a token', () => {
  it('is shown once, on the first line, and never again', async () => {
    const { code, text } = await run('create', '--name', 'shop');
    const [token = ''] = text.split('\n');
    expect({ code, token }).toEqual({ code: 0, token: expect.stringMatching(/^sbx_runner_[\w-]{43}$/) });
    const listed = await run('list');
    expect(listed.text).toMatch(
      /^ID +NAME +STATUS +VERSION +CREATED +LAST SEEN +JOBS\nrnr_\w{16} +shop +never seen +- +2.* UTC +- +0\n$/,
    );
    expect(listed.text).not.toContain(token);
  });

  it('opens a session until it is revoked', async () => {
    const { events } = await run('create', '--json');
    const { id, token } = events[0] as unknown as { id: string; token: string };
    const runner = await box.startRunner({ token, pollIntervalMs: 100 });
    expect((await run('revoke', id)).code).toBe(0);
    expect(await runner.over).toMatchObject({ failed: true, reason: { code: 'RUNNER_TOKEN_REVOKED' } });
    const { events: listed } = await run('list', '--json');
    expect(listed.find((one) => one['id'] === id)).toMatchObject({ type: 'runner', status: 'revoked' });
  });

  it('of an unknown id cannot be revoked', async () => {
    const { error } = await run('revoke', 'rnr_0000000000000000');
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'There is no runner rnr_0000000000000000.' });
  });
});

it('where no control plane is up, the data directory is opened for a moment', async () => {
  const data = join(directory, 'other');
  const empty = await runCommand(tokenCommand, ['list'], { data });
  expect(empty.text).toBe('There are no runner tokens. Make one with `signalbox token create`.\n');
  const made = await runCommand(tokenCommand, ['create', '--json'], { data });
  const listed = await runCommand(tokenCommand, ['list', '--json'], { data });
  expect(listed.events.map((one) => one['id'])).toEqual([made.events[0]?.['id']]);
});

it.each([
  [[], '`token` takes `create`, `list` or `revoke`'],
  [['make'], '`token` takes `create`, `list` or `revoke`, not `make`'],
  [['revoke'], '`token revoke` takes the id of a runner, which `signalbox token list` shows'],
  [['create', 'shop'], '`token create` does not take `shop`'],
  [['revoke', 'a', 'b'], '`token revoke` does not take `b`'],
  [['list', '--name', 'x'], '`token list` takes no `--name`'],
])('%j is refused in a sentence', async (argv, message) => {
  expect((await run(...argv)).error).toMatchObject({ code: 'USAGE', message: `${message}.`, exitCode: 2 });
});
