import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTempDir } from '../helpers/temp-dir.ts';

const ROOT = join(import.meta.dirname, '../..');
const OLD = ['--require', join(ROOT, 'test/fixtures/bin/pretends-to-be-old.cjs')];
const LAUNCHER = 'bin/signalbox.cjs';

let root: string;
beforeEach(() => {
  root = createTempDir();
  mkdirSync(join(root, 'bin'));
  cpSync(join(ROOT, LAUNCHER), join(root, LAUNCHER));
});

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
const addOwnNode = () => {
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
};
/** In a process group of its own, as a terminal has it. */
const start = (file: string, { old = false, args = [] as string[] } = {}) => {
  const child = spawn(process.execPath, [...(old ? OLD : []), join(root, file), ...args], { detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const says = async (word: string) => {
    while (!output.includes(word)) await once(child.stdout, 'data');
  };
  return { child, ended, says, output: () => output };
};
const run = async (file: string, options = {}) => {
  const { ended, output } = start(file, options);
  const [code] = await ended;
  return { code, output: output() };
};
const killGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals) => process.kill(-(pid ?? Number.NaN), signal);

const SHOWS_ARGS = "console.log('bundle', ...process.argv.slice(2)); process.exitCode = 7;";
/** Counts signals until SIGUSR2, which the launcher knows nothing of, tells it to stop. */
const COUNTS = `let count = 0;
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { count += 1; console.log(name, count); });
setInterval(() => {}, 1000);
process.on('SIGUSR2', () => { console.log('in all', count); process.exit(4); });
console.log('pid', process.pid, 'ready');`;

describe('with a Node.js that is new enough', () => {
  test('the bundle is run, with the arguments, and its exit code is kept', async () => {
    write('dist/cli.js', `import 'node:fs'; ${SHOWS_ARGS}`);
    write('package.json', '{"type":"module"}');
    expect(await run(LAUNCHER, { args: ['run', '--json'] })).toEqual({ code: 7, output: 'bundle run --json\n' });
  });

  test('a checkout without a bundle is run from its sources', async () => {
    write('src/cli/main.ts', "const word: string = 'source'; console.log(word); export {};");
    write('package.json', '{"type":"module"}');
    expect(await run(LAUNCHER)).toEqual({ code: 0, output: 'source\n' });
  });

  test('a link to the launcher does as the launcher does', async () => {
    write('dist/cli.js', SHOWS_ARGS);
    symlinkSync(join('..', LAUNCHER), join(root, 'dist/signalbox'));
    expect(await run('dist/signalbox', { args: ['up'] })).toEqual({ code: 7, output: 'bundle up\n' });
  });
});

describe('with an older Node.js', () => {
  test("without the project's own it says in one line what it needs", async () => {
    const { code, output } = await run(LAUNCHER, { old: true });
    expect({ code, output }).toEqual({
      code: 2,
      output: 'signalbox needs Node.js 22.19 or newer, and this is v18.20.0.\n',
    });
  });

  test("the project's own takes over, with the arguments, and its exit code is kept", async () => {
    addOwnNode();
    write('dist/cli.js', SHOWS_ARGS);
    expect(await run(LAUNCHER, { old: true, args: ['a b'] })).toEqual({ code: 7, output: 'bundle a b\n' });
  });

  test.each([
    ['a SIGTERM for the launcher alone', (child: ChildProcess) => child.kill('SIGTERM'), 'SIGTERM 1'],
    ["the terminal's Ctrl-C", (child: ChildProcess) => killGroup(child, 'SIGINT'), 'SIGINT 1'],
  ])('%s reaches the program once', async (_, send, word) => {
    addOwnNode();
    write('dist/cli.js', COUNTS);
    const { child, ended, says, output } = start(LAUNCHER, { old: true });
    await says('ready');
    send(child);
    await says(word);
    process.kill(Number(/pid (\d+)/.exec(output())?.[1]), 'SIGUSR2');
    expect(await ended).toEqual([4, null]);
    expect(output()).toContain('in all 1\n');
  });

  test('a program that is killed kills the launcher by the same signal', async () => {
    addOwnNode();
    write('dist/cli.js', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);");
    const { ended } = start(LAUNCHER, { old: true });
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
