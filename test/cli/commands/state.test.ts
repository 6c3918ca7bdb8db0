import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateCommand } from '../../../src/cli/commands/state.ts';
import { startBox, type Box } from '../../helpers/signalbox.ts';
import { runCommand } from './run-command.ts';

let directory: string;
let box: Box;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-state-'));
  box = await startBox(directory);
  await box.createArchitecture('terraform', 'shop');
  await box.createArchitecture('terraform', 'empty');
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...argv: string[]) => runCommand(stateCommand, argv, { data: join(directory, 'data') });
const state = (serial: number, lineage = 'a-lineage', value = 'x') =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial,
    lineage,
    outputs: { a: { value, type: 'string' } },
    resources: [],
  });
const write = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

describe('a state', () => {
  it('is taken where there is none yet; then only the same lineage with a higher serial', async () => {
    expect((await run('push', 'shop', write('1', state(3)))).text).toBe('shop is at serial 3.\n');
    expect((await run('push', 'shop', write('2', state(5)))).code).toBe(0);
    const lower = (await run('push', 'shop', write('3', state(4)))).error;
    expect(lower).toMatchObject({
      code: 'STATE_SERIAL',
      exitCode: 1,
      message: 'The state has serial 4, and shop is at 5.',
    });
    const foreign = (await run('push', 'shop', write('4', state(9, 'another')))).error;
    expect(foreign).toMatchObject({ code: 'STATE_LINEAGE', exitCode: 1 });
    expect(foreign?.message).toBe('The state has lineage another, and shop has a-lineage.');
    const { text } = await run('list', 'shop');
    expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual(['SERIAL', '5', '3', '']);
    expect(text).toContain('pushed by hand');
  });

  it('is pulled byte for byte: the newest, or one of its versions', async () => {
    expect((await run('pull', 'shop')).text).toBe(`${state(5)}\n`);
    expect((await run('pull', 'shop', '--serial', '3')).text).toBe(`${state(3)}\n`);
    const out = join(directory, 'pulled');
    await run('pull', 'shop', '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(state(5));
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const { events } = await run('pull', 'shop', '--json');
    expect(events).toMatchObject([{ type: 'state', architecture: 'shop', state: { serial: 5 } }]);
  });

  it('never overwrites a file', async () => {
    const out = write('taken', 'mine');
    const { error } = await run('pull', 'shop', '--out', out);
    expect(error).toMatchObject({ code: 'USAGE', message: `${out} exists already.` });
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('keeps what a terminal would obey, as escapes that mean the same', async () => {
    await box.createArchitecture('terraform', 'odd');
    const text = state(1, 'odd', '\u009b31mred\u007f');
    expect((await run('push', 'odd', write('odd', text))).error).toBeNull();
    const pulled = (await run('pull', 'odd')).text;
    expect(pulled).toContain('\\u009b31mred\\u007f');
    expect(JSON.parse(pulled)).toEqual(JSON.parse(text));
  });

  it('is listed with every architecture', async () => {
    const { text } = await run('list');
    expect(text).toMatch(/^ARCHITECTURE +KIND +SERIAL +LINEAGE +HELD BY\n/);
    expect(text).toMatch(/\nshop +terraform +5 +a-lineage +-\n/);
    expect(text).toMatch(/\nempty +terraform +- +- +-\n/);
    expect((await run('list', 'empty')).text).toBe('empty has no state yet.\n');
  });
});

describe('a file that is no whole state is refused, and nothing is sent', () => {
  it.each([
    ['half of one', state(6).slice(0, 40), 'it is not JSON, or only half of it'],
    ['an empty one', '', 'it is empty'],
    ['some other JSON', '{"serial": "7"}', 'it has no version, serial and lineage'],
  ])('%s', async (_, text, problem) => {
    const file = write('bad', text);
    const { error } = await run('push', 'shop', file);
    expect(error).toMatchObject({
      code: 'STATE_UNREADABLE',
      message: `The state file ${file} is not whole: ${problem}.`,
    });
    expect((await run('list', 'shop', '--json')).events).toHaveLength(2);
  });
});

it.each([
  [['pull', 'shpo'], 'ARCHITECTURE_UNKNOWN', 'There is no architecture shpo.'],
  [['pull', 'empty'], 'NOT_FOUND', 'There is no state of empty.'],
  [['pull', 'shop', '--serial', '99'], 'NOT_FOUND', 'There is no state of shop with serial 99.'],
  [['pull', 'shop', '--serial', 'x'], 'USAGE', '`--serial` takes a number from 0 to 999999999, not `x`.'],
  [['pull'], 'USAGE', 'Name the architecture; this directory is not linked to one.'],
  [['push'], 'USAGE', '`state push` takes the name of an architecture and a file.'],
  [['push', 'shop', 'file', 'more'], 'USAGE', '`state push` does not take `more`.'],
  [['list', '--out', 'x'], 'USAGE', '`state list` takes no `--out`.'],
  [['show'], 'USAGE', '`state` takes `list`, `pull` or `push`, not `show`.'],
  [[], 'USAGE', '`state` takes `list`, `pull` or `push`.'],
])('%j is refused in a sentence', async (argv, code, message) => {
  expect((await run(...argv)).error).toMatchObject({ code, message, exitCode: 2 });
});
