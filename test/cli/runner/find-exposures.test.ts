import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const TOKEN = 'sbx_runner_shown-by-a-shell-0123456789';
const MODULE = new URL('../../../src/cli/runner/find-exposures.ts', import.meta.url).href;
const CODE = `import { findExposures } from '${MODULE}'; console.log(findExposures('${TOKEN}').join());`;

/** What a runner below a shell finds, and the shell's pid. */
const find = (env: Record<string, string>): string[] =>
  execFileSync('sh', ['-c', 'echo $$; "$0" --input-type=module -e "$1"; :', process.execPath, CODE], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  }).split('\n');

it('a process that started the runner and shows the token is found', () => {
  const [shell, found] = find({ RUNNER_TOKEN: TOKEN });
  expect(found).toBe(shell);
  expect(find({})[1]).toBe('');
});
