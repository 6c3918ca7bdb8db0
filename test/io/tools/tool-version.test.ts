import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { createToolVersions } from '../../../src/io/tools/tool-version.ts';
import { makeTempDir, makeTree } from '../../helpers/make-tree.ts';
import { findProgram } from '../../helpers/tools.ts';

const open = (cacheDir: string) =>
  createToolVersions({ cacheDir, environmentPath: '/usr/bin:/bin', clock: createClock() });

/** Larger than a wrapper, and counts how often it is run. */
const countingTool = (log: string): string =>
  `#!/bin/sh\necho run >> ${log}\necho "OpenTofu v1.9.0"\nexit 0\n${'#'.repeat(5_000_000)}`;
const runsIn = async (log: string): Promise<number> => (await readFile(log, 'utf8')).split('\n').length - 1;

test('a tool is asked once, by this process and by the next, until its file changes', async () => {
  const cacheDir = await makeTempDir();
  const log = join(cacheDir, 'log');
  const path = join(await makeTree({ tofu: countingTool(log) }), 'tofu');
  const versions = open(cacheDir);
  const answers = await Promise.all([versions.read(path), versions.read(path)]);
  expect(answers).toEqual([
    { name: 'tofu', version: '1.9.0' },
    { name: 'tofu', version: '1.9.0' },
  ]);
  await open(cacheDir).read(path);
  expect(await runsIn(log)).toBe(1);
  await appendFile(path, '#');
  await versions.read(path);
  expect(await runsIn(log)).toBe(2);
});

test('a wrapper is asked each time: it may choose another binary tomorrow', async () => {
  const cacheDir = await makeTempDir();
  const log = join(cacheDir, 'log');
  const path = join(await makeTree({ tofu: countingTool(log).slice(0, 200) }), 'tofu');
  const versions = open(cacheDir);
  await versions.read(path);
  await versions.read(path);
  expect(await runsIn(log)).toBe(2);
});

test('a damaged memory is forgotten, and written anew', async () => {
  const cacheDir = await makeTempDir();
  const log = join(cacheDir, 'log');
  const path = join(await makeTree({ tofu: countingTool(log) }), 'tofu');
  await writeFile(join(cacheDir, 'tool-versions.json'), '{"version": 1, "tools": {"x"');
  await open(cacheDir).read(path);
  await open(cacheDir).read(path);
  expect(await runsIn(log)).toBe(1);
});

test('a cache that cannot be written costs a call each time and nothing else', async () => {
  const log = join(await makeTempDir(), 'log');
  const path = join(await makeTree({ tofu: countingTool(log) }), 'tofu');
  await open('/dev/null/cache').read(path);
  expect(await open('/dev/null/cache').read(path)).toEqual({ name: 'tofu', version: '1.9.0' });
  expect(await runsIn(log)).toBe(2);
});

test('the settings of the host do not reach the tool that is asked', async () => {
  const dir = await makeTree({ tofu: '#!/bin/sh\nenv | grep -c ^TF_ >&2 && exit 1\necho "OpenTofu v1.9.0"\n' });
  const before = process.env['TF_CLI_ARGS'];
  process.env['TF_CLI_ARGS'] = '-help';
  onTestFinished(() => {
    if (before === undefined) delete process.env['TF_CLI_ARGS'];
    else process.env['TF_CLI_ARGS'] = before;
  });
  expect(await open(await makeTempDir()).read(join(dir, 'tofu'))).toEqual({ name: 'tofu', version: '1.9.0' });
});

const REAL = findProgram('terraform');
test.skipIf(REAL === null)('a real Terraform says what it is, also right after it was copied', async () => {
  const dir = await makeTempDir();
  await copyFile(REAL ?? '', join(dir, 'tool'));
  expect(await open(dir).read(join(dir, 'tool'))).toEqual({
    name: 'terraform',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
});
