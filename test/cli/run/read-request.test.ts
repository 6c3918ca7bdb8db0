import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../src/cli/arguments.ts';
import type { CommandContext } from '../../../src/cli/command.ts';
import { COMMANDS } from '../../../src/cli/commands-table.ts';
import { readRunRequest } from '../../../src/cli/run/read-request.ts';

const read = (args: readonly string[], env: NodeJS.ProcessEnv = {}, canAsk = true) => {
  const { positionals, options } = readArguments(['run', ...args], COMMANDS);
  return readRunRequest({ positionals, options, env } as unknown as CommandContext, { canAsk });
};
const refusal = (args: readonly string[], env: NodeJS.ProcessEnv = {}, canAsk = true): unknown => {
  try {
    return read(args, env, canAsk);
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
};

describe('what run was asked for', () => {
  it('is a plan of a directory, unless it says more', () => {
    expect(read(['.'])).toMatchObject({
      directory: '.',
      isApply: false,
      isDestroy: false,
      architecture: null,
      port: 7700,
    });
    expect(read(['.', '--new', 'shop 2'])).toMatchObject({ architecture: { name: 'shop 2', wish: 'new' } });
    expect(read(['.', '--no-downloads'])).toMatchObject({ tools: { terraformPath: null, releasesUrl: null } });
  });

  it('keeps everything behind the first `=` of a variable', () => {
    const { variables } = read(['.', '--var', 'a=b=c', '--var', 'empty=', '--var', 'list=["x"]']);
    expect(variables).toEqual({ a: 'b=c', empty: '', list: '["x"]' });
  });

  it('takes secrets from the environment only', () => {
    const env = { API_KEY: 'k', TF_VAR_password: 'p' };
    expect(read(['.', '--secret-env', 'API_KEY', '--secret-var', 'password'], env).secrets).toEqual([
      { name: 'password', as: 'variable', value: 'p' },
      { name: 'API_KEY', as: 'environment', value: 'k' },
    ]);
    const told = String(refusal(['.', '--secret-var', 'password=hunter2'], env));
    expect(told).toContain('takes a name');
    expect(told).not.toContain('hunter2');
  });

  it.each([
    [[], 'USAGE: `run` takes the directory of the code'],
    [['a', 'b'], 'USAGE: `run` takes one directory, not also `b`'],
    [['.', '--auto-approve'], 'USAGE: `--auto-approve` belongs to `--apply`'],
    [['.', '--var', 'novalue'], 'USAGE: `--var` takes NAME=VALUE'],
    [['.', '--var', '=x'], 'USAGE: `--var` takes NAME=VALUE'],
    [['.', '--tool', 'pulumi'], 'USAGE: `--tool` takes `terraform` or `opentofu`'],
    [['.', '--new', 'a', '--architecture', 'b'], 'USAGE: `--architecture` names one that exists'],
    [['.', '--new', '-'], 'USAGE: '],
    [['.', '--new', '../x'], 'USAGE: `../x` is no name'],
    [['.', '--import-state', '--ignore-local-state'], 'USAGE: `--import-state` and'],
    [['.', '--max-bundle-bytes', '1k'], 'USAGE: `--max-bundle-bytes` takes a number'],
    [['.', '--port', '70000'], 'USAGE: `--port` takes a number'],
    [['.', '--opentofu-releases', 'file:///x'], 'USAGE: `--opentofu-releases` takes an http address'],
    [['.', '--secret-env', 'ABSENT'], 'SECRET_MISSING: The secret ABSENT has no value'],
  ])('%j is refused', (args, told) => {
    expect(refusal(args)).toContain(told);
  });

  it('never applies where nobody can be asked, unless that was said', () => {
    expect(refusal(['.', '--apply'], {}, false)).toContain('APPROVAL_NEEDED');
    expect(read(['.', '--apply', '--auto-approve'], {}, false)).toMatchObject({ isApply: true, isApproved: true });
  });
});
