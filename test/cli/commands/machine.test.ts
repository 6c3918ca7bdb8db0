import { expect, it } from 'vitest';
import { machineCommand } from '../../../src/cli/commands/machine.ts';
import { MACHINES } from '../../../src/machines/catalog.ts';
import { runCommand } from './run-command.ts';

it.each(Object.keys(MACHINES))('the machine %s is shown as text and as a picture', async (name) => {
  const text = await runCommand(machineCommand, [name]);
  expect(text).toMatchObject({ code: 0, error: null });
  expect(text.text).toMatch(new RegExp(`^${name}: `));
  const svg = await runCommand(machineCommand, [name, '--svg']);
  expect(svg.text).toMatch(/^<svg[^]*<\/svg>\s*$/);
});

it('without a name every machine is listed', async () => {
  const { code, text } = await runCommand(machineCommand, []);
  expect(code).toBe(0);
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(Object.keys(MACHINES));
});

it('with --json the states and transitions come as data', async () => {
  const { text, events } = await runCommand(machineCommand, ['lease', '--json']);
  expect(text).toBe('');
  expect(events).toMatchObject([{ type: 'machine', name: 'lease', graph: { name: 'lease' } }]);
});

it.each([
  [['jobb'], 'There is no machine jobb; the nearest is job.'],
  [['constructor'], 'There is no machine constructor; there are runner, lease, job, step, delivery, pipeline.'],
  [['--svg'], '`--svg` needs the name of a machine.'],
  [['job', 'step'], '`machine` takes one name.'],
])('%j is refused in a sentence', async (argv, message) => {
  const { error } = await runCommand(machineCommand, argv);
  expect(error).toMatchObject({ code: 'USAGE', message, exitCode: 2 });
});
