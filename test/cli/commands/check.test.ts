import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../src/cli/commands/check.ts';
import type { Finding } from '../../../src/cli/check/finding.ts';
import { startBox, type Box } from '../../helpers/signalbox.ts';
import { findTool } from '../../helpers/tools.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let directory: string;
let count = 0;
let box: Box;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sbx-check-'));
  box = await startBox(folder);
});
beforeEach(() => {
  directory = join(folder, String(++count));
  mkdirSync(directory);
});
afterAll(async () => {
  await box.close();
  rmSync(folder, { recursive: true, force: true });
});

const configure = (token: string, more = '', mode = 0o600): string => {
  const path = join(directory, 'config.yaml');
  writeFileSync(
    path,
    `
runner: { name: shop, token: ${token}, temporary_dir: ${join(directory, 'work')} }
api: { endpoint: "${box.controlPlane.url}" }
${more}
`,
    { mode },
  );
  return path;
};
const check = async (argv: string[], given: { data?: string; env?: NodeJS.ProcessEnv } = {}) => {
  const { data = join(directory, 'data'), env = { PATH: process.env['PATH'] } } = given;
  const { code, events, error } = await runCommand(checkCommand, [...argv, '--json'], { data, env });
  const findings = events.filter(({ type }) => type === 'check') as unknown as (Finding & { type: string })[];
  return { code, error, of: (subject: string) => findings.filter((one) => one.subject === subject) };
};

describe('check', () => {
  it('says of a host without a runner what `up` and `run` need, and ends with 0', async () => {
    const { code, of } = await check([]);
    expect(code).toBe(0);
    expect(of('configuration')).toMatchObject([{ level: 'ok' }]);
    expect(of('data directory')).toMatchObject([{ level: 'ok', says: `${join(directory, 'data')} can be written.` }]);
    expect(of('cage')).toHaveLength(1);
    expect(of('control plane')).toMatchObject([{ level: 'ok', says: expect.stringMatching(/^None/) }]);
  });

  it('finds the control plane of this user', async () => {
    const { of } = await check([], { data: join(folder, 'data') });
    const { url } = box.controlPlane;
    expect(of('data directory')[0]?.says).toContain(`is used by the control plane at ${url}`);
    expect(of('control plane')[0]).toMatchObject({ level: 'ok', says: expect.stringContaining(`${url} answers`) });
  });

  it('tells people the same in lines', async () => {
    const { text, code } = await runCommand(checkCommand, [], {
      data: join(directory, 'data'),
      env: { PATH: '/nonexistent', TF_LOG: 'trace' },
    });
    expect(code).toBe(0);
    expect(text).toMatch(/^ok {7}configuration {7}No runner is configured here/);
    expect(text).toMatch(
      /\nwarning {2}environment {9}TF_LOG would disturb Terraform and is kept from steps\.\n {29}Unset/,
    );
  });
});

describe('a configured runner', () => {
  it('is found whole, and its token is proved without disturbing the runner that holds it', async () => {
    const { token } = await box.createToken();
    const runner = await box.startRunner({ token });
    await box.call('GET', '/api/runners');
    const { code, of } = await check(['--config', configure(token)]);
    expect(code).toBe(0);
    expect(of('configuration')).toMatchObject([
      { level: 'ok', says: `Runner shop with concurrency 4, for ${box.controlPlane.url}.` },
    ]);
    expect(of('runner directories')[0]?.says).toContain(`Jobs work in ${join(directory, 'work')}`);
    expect(of('control plane')).toMatchObject([
      { level: 'ok', says: `${box.controlPlane.url} answers, and knows the token.` },
    ]);
    expect(runner.isOnline()).toBe(true);
    await runner.close();
  });

  it.each([
    ['an unknown token', 'sbx_runner_x', 'The runner token is not known here.'],
    ['a revoked token', null, 'The runner token was revoked.'],
  ])('with %s fails', async (_, given, says) => {
    const { token, id } = await box.createToken();
    await box.callRaw('DELETE', `/api/runners/${id}`);
    const { code, of } = await check(['--config', configure(given ?? token)]);
    expect(code).toBe(1);
    expect(of('control plane')).toMatchObject([
      { level: 'failed', says, remedy: expect.stringContaining('signalbox token create') },
    ]);
  });

  it('whose control plane is silent fails', async () => {
    const argv = ['--endpoint', 'http://127.0.0.1:1'];
    const env = { PATH: process.env['PATH'], RUNNER_TOKEN: 't', RUNNER_TEMP_DIR: directory };
    const { code, of } = await check(argv, { env });
    expect(code).toBe(1);
    expect(of('control plane')[0]?.says).toMatch(/^The control plane at http:\/\/127\.0\.0\.1:1 cannot be reached: /);
  });

  it('with a mistake in its file fails, and the rest is still looked at', async () => {
    const path = join(directory, 'config.yaml');
    writeFileSync(path, 'runner: {poll_interval: 10}');
    const { code, of } = await check(['--config', path]);
    expect(code).toBe(1);
    expect(of('configuration')).toMatchObject([{ level: 'failed', says: expect.stringContaining('10 has no unit') }]);
    expect(of('cage')).toHaveLength(1);
  });

  it('is warned of a readable token, of plain http, and of keys that change nothing', async () => {
    const more = 'executor: { docker: { worker_image: "worker:1" } }';
    const path = configure('t', more, 0o644);
    chmodSync(path, 0o644);
    const { of } = await check(['--config', path, '--endpoint', 'http://signalbox.invalid']);
    const warnings = of('configuration').filter(({ level }) => level === 'warning');
    expect(warnings.map(({ says }) => says)).toEqual([
      'The token goes to signalbox.invalid over plain http and can be read on the way.',
      `Other users of this host can read ${path}, which may hold the token.`,
      '`executor.docker.worker_image` is read, and changes nothing: steps run as processes of this host.',
    ]);
    expect(warnings[1]?.remedy).toBe(`chmod 600 ${path}`);
  });

  it('with a directory that cannot be used fails', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const argv = ['--config', configure('t'), '--no-metrics'];
    const { code, of } = await check(argv, { data: join(file, 'data') });
    expect(code).toBe(1);
    expect(of('data directory')).toMatchObject([{ level: 'failed', says: expect.stringContaining('is a file') }]);
    // What it keeps goes beside its work then, and it says what that means.
    expect(of('runner directories').map(({ level }) => level)).toEqual(['ok', 'warning']);
  });
});

describe('the tools', () => {
  const terraform = findTool('terraform');

  it.skipIf(terraform === null)('on the PATH are named with their version', async () => {
    const { of } = await check([], { env: { PATH: join(`${terraform?.path}`, '..') } });
    expect(of('tools').map(({ says }) => says)).toContain(`terraform ${terraform?.version} (${terraform?.path}).`);
  });

  it('that are missing are a warning where they may be downloaded, and a failure where not', async () => {
    const env = { PATH: '/nonexistent' };
    expect((await check([], { env })).of('tools')).toMatchObject([{ level: 'warning' }]);
    const path = configure('t', 'tools: { downloads: false }');
    const { code, of } = await check(['--config', path], { env });
    expect(of('tools')).toMatchObject([{ level: 'failed', says: expect.stringContaining('downloads are off') }]);
    expect(code).toBe(1);
  });

  it('that are named and are none fail', async () => {
    const { of } = await check(['--terraform', '/bin/true']);
    expect(of('tools')).toMatchObject([
      { level: 'failed', says: expect.stringContaining('/bin/true is neither Terraform nor OpenTofu') },
    ]);
  });
});

it('takes no arguments', async () => {
  expect((await check(['extra'])).error).toMatchObject({ code: 'USAGE', exitCode: 2 });
});
