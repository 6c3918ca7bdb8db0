import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { hasOrdinaryUser, ordinaryUser } from '../../helpers/ordinary-user.ts';
import { createTempDir } from '../../helpers/temp-dir.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

const run = (argv: readonly string[], home: string) =>
  new Promise<{ code: number | null; text: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: home };
    const child = spawn(process.execPath, [MAIN, ...argv], {
      // Root can write anywhere, so somebody else has to try.
      ...ordinaryUser,
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
    child.once('close', (code) => resolve({ code, text }));
  });

// Skipped where this checkout lies in a folder that only root may enter.
it.skipIf(!hasOrdinaryUser).each([
  ['server', ['server', '--port', '0'], 2],
  ['token', ['token', 'list'], 2],
  ['check', ['check'], 1],
])('for %s a data directory that this user may not write is a sentence with a hint', async (_, argv, code) => {
  const home = createTempDir();
  chmodSync(home, 0o755);
  const closed = join(home, 'closed');
  mkdirSync(closed, { mode: 0o555 });
  const ran = await run([...argv, '--data', join(closed, 'data')], home);
  expect(ran.code).toBe(code);
  expect(ran.text).toContain(join(closed, 'data'));
  expect(ran.text).toMatch(/EACCES|may not write/);
  expect(ran.text).toContain('Choose another with `--data DIR`');
  expect(ran.text).not.toMatch(/^ +at /m);
});
