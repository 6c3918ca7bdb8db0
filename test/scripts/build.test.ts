import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '../..');
const made: string[] = [];
afterEach(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true });
});

test('a bundle runs alone, with CommonJS packages and the machines in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-build-'));
  made.push(directory);
  const entry = join(directory, 'entry.ts');
  await writeFile(
    entry,
    `import { createLogger } from '${ROOT}/src/io/logger.ts';
     import { MACHINES } from '${ROOT}/src/machines/catalog.ts';
     createLogger({ level: 'info', file: 1 }).info({ machines: Object.keys(MACHINES) }, 'bundled');`,
  );
  const sizes = await bundle({ entry }, join(directory, 'out'));
  expect(sizes).toEqual([expect.stringMatching(/^entry\.js: \d+ KiB$/)]);
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, 'out', 'entry.js')], {
    cwd: directory,
  });
  expect(JSON.parse(stdout)).toMatchObject({ msg: 'bundled', machines: expect.arrayContaining(['job', 'pipeline']) });
});
