import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEnvironment, type EnvironmentInput } from '../../src/io/environment.ts';
import { TOOLS } from '../helpers/tools.ts';

const build = (input: Partial<EnvironmentInput>) =>
  createEnvironment({ host: {}, pass: [], step: {}, secrets: [], fileExists: () => false, ...input });

test('what is not named does not reach a child', () => {
  const host = {
    PATH: '/bin',
    HOME: '/h',
    LC_ALL: 'C.UTF-8',
    EDITOR: 'vi',
    LD_PRELOAD: '/x.so',
    TF_VAR_region: 'eu',
    AWS_REGION: 'eu',
  };
  expect(build({ host }).names).toEqual(['AWS_REGION', 'HOME', 'LC_ALL', 'PATH']);
});

test('more passes by configuration, by name or by beginning', () => {
  const host = { TF_VAR_region: 'eu', TF_VAR_size: '3', MY_TOOL: 'x', MY_TOOLS: 'y' };
  expect(build({ host, pass: ['TF_VAR_*', 'MY_TOOL'] }).env).toEqual({
    TF_VAR_region: 'eu',
    TF_VAR_size: '3',
    MY_TOOL: 'x',
  });
});

test.each([
  'TF_CLI_ARGS',
  'TF_CLI_ARGS_apply',
  'TF_REATTACH_PROVIDERS',
  'TF_WORKSPACE',
  'TF_LOG',
  'TF_LOG_PATH',
  'TF_INPUT',
  'TF_DATA_DIR',
  'RUNNER_TOKEN',
  'SIGNALBOX_TOKEN',
  'NODE_OPTIONS',
  'npm_config_cache',
])('%s never passes, whatever the configuration says', (name) => {
  expect(build({ host: { [name]: 'x' }, pass: [name, '*'] })).toMatchObject({ env: {}, stripped: [name] });
});

test('TF_CLI_CONFIG_FILE passes only where the file exists', () => {
  const host = { TF_CLI_CONFIG_FILE: '/etc/tofu.rc' };
  expect(build({ host })).toMatchObject({ env: {}, stripped: ['TF_CLI_CONFIG_FILE'] });
  expect(build({ host, fileExists: (path) => path === '/etc/tofu.rc' })).toMatchObject({ env: host, stripped: [] });
});

test('the step wins over the host, a secret over both', () => {
  const secrets = [{ name: 'AWS_PROFILE', as: 'environment' as const, value: 'three' }];
  const host = { AWS_PROFILE: 'one', AWS_REGION: 'one' };
  expect(build({ host, step: { AWS_PROFILE: 'two', AWS_REGION: 'two', TF_INPUT: '0' }, secrets }).env).toEqual({
    AWS_PROFILE: 'three',
    AWS_REGION: 'two',
    TF_INPUT: '0',
  });
});

test('a secret arrives as variable or as environment, and is masked; it cannot disturb the tool', () => {
  const { env, masks, stripped } = build({
    secrets: [
      { name: 'db', as: 'variable', value: 'hunter2' },
      { name: 'NODE_AUTH_TOKEN', as: 'environment', value: 'tokenvalue' },
      { name: 'TF_CLI_ARGS_apply', as: 'environment', value: '-destroy' },
    ],
  });
  expect(env).toEqual({ TF_VAR_db: 'hunter2', NODE_AUTH_TOKEN: 'tokenvalue' });
  expect(masks).toEqual(['hunter2', 'tokenvalue', '-destroy']);
  expect(stripped).toEqual(['TF_CLI_ARGS_apply']);
});

describe('values under secret-sounding names are masked', () => {
  test.each([
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'AWS_SESSION_TOKEN',
    'ARM_CLIENT_SECRET',
    'ARM_ACCESS_KEY',
    'ARM_CLIENT_CERTIFICATE',
    'ARM_CLIENT_CERTIFICATE_PASSWORD',
    'GOOGLE_CREDENTIALS',
    'GOOGLE_OAUTH_ACCESS_TOKEN',
    'TF_TOKEN_example_host',
    'TF_TOKEN_git_url',
    'OCI_CLI_PASSPHRASE',
    'TF_VAR_db_password',
    'TF_VAR_private_key',
  ])('%s', (name) => {
    expect(build({ host: { [name]: 'value-x' }, pass: ['TF_VAR_*'] }).masks).toEqual(['value-x']);
  });

  test.each([
    ['AWS_REGION', 'eu-west-1'],
    ['ARM_TENANT_ID', '0000-1111'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', '/var/run/token'],
    ['SSH_AUTH_SOCK', '/run/agent.sock'],
    ['CLOUDSDK_AUTH_DISABLE_CREDENTIALS', 'true'],
    ['GOOGLE_CREDENTIALS', '/etc/key.json'],
    ['ARM_CLIENT_SECRET', ''],
  ])('but not %s=%s', (name, value) => {
    expect(build({ host: { [name]: value }, fileExists: (path) => path === '/etc/key.json' }).masks).toEqual([]);
  });

  test('the password in a proxy address, as written and decoded', () => {
    expect(
      build({ host: { https_proxy: 'http://me:p%40ss@proxy:3128', HTTP_PROXY: 'http://proxy:3128' } }).masks,
    ).toEqual(['p%40ss', 'p@ss']);
  });
});

describe.each(TOOLS)('$title', ({ tool }) => {
  test.skipIf(tool === null)(
    'an environment that disturbs the tool changes neither its output nor what it does',
    () => {
      const cwd = mkdtempSync(join(tmpdir(), 'signalbox-env-'));
      try {
        writeFileSync(join(cwd, 'main.tf'), 'resource "terraform_data" "a" {}\n');
        const { env } = createEnvironment({
          host: {
            PATH: process.env['PATH'],
            TF_CLI_CONFIG_FILE: join(cwd, 'missing.rc'),
            TF_CLI_ARGS_apply: '-destroy',
            TF_LOG: 'trace',
            TF_WORKSPACE: 'other',
          },
          pass: ['TF_*'],
          step: { CHECKPOINT_DISABLE: '1', TF_INPUT: '0' },
          secrets: [],
          fileExists: existsSync,
        });
        const run = (...args: string[]) =>
          execFileSync(tool?.path ?? '', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
        run('init');
        expect(JSON.parse(run('validate', '-json'))).toMatchObject({ valid: true });
        expect(run('apply', '-auto-approve', '-no-color')).toContain('1 added, 0 changed, 0 destroyed');
        expect(JSON.parse(readFileSync(join(cwd, 'terraform.tfstate'), 'utf8')).resources).toHaveLength(1);
      } finally {
        rmSync(cwd, { recursive: true });
      }
    },
  );
});
