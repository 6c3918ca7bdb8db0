import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-trust-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a step', () => {
  it('finds no token: not in its environment, not through its parents, not in the directories of runner and control plane', async () => {
    const runner = await box.spawnRunner({}, { RUNNER_TOKEN: 'sbx_runner_of-the-host-0123456789' });
    const architecture = await box.createArchitecture('script');
    const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
    const script = `
      env
      for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ; tr '\\0' '\\n' < $p/cmdline; done 2>/dev/null
      find ${runner.stateDirectory} ${join(directory, 'data', 'private')} -type f 2>/dev/null | head
      echo looked`;
    const view = await box.finish(await box.start(architecture, dir, [[{ key: 'look', options: { script } }]]));
    const log = await box.log(view.jobs[0] ?? { id: '' });
    expect(view.status).toBe('succeeded');
    expect(log).toContain('looked');
    expect(log).not.toMatch(/sbx_(runner|session|job|operator|link)_/);
    expect(log).not.toContain('trace.ndjson');
    expect(log).not.toContain('operator.token');
  });

  it('whose tool says a secret in its error has it neither in reason, log nor trace', async () => {
    const runner = await box.spawnRunner();
    const architecture = await box.createArchitecture('terraform');
    const text =
      'variable "name" {\n  type = string\n  validation {\n    condition     = length(var.name) < 3\n    error_message = "The name ${var.name} will not do."\n  }\n}\n';
    const dir = writeModule(join(directory, 'says-it'), { 'main.tf': text });
    const value = 'tok-91c2aa0b7f';
    const pipeline = await box.start(architecture, dir, [[{ key: 'plan', options: { action: 'plan' } }]], {
      secrets: [{ name: 'name', as: 'variable', value }],
    });
    const view = await box.finish(pipeline);
    const [job] = view.jobs;
    expect(job?.reason?.message).toContain('***');
    const trace = readFileSync(join(runner.stateDirectory, 'jobs', job?.attempt ?? '', 'trace.ndjson'), 'utf8');
    for (const said of [JSON.stringify(view), await box.log({ id: job?.id ?? '' }), trace]) {
      expect(said).not.toContain(value);
    }
  });

  it("is not disturbed by what the runner's environment holds", async () => {
    const missing = join(directory, 'no-such.tfrc');
    await box.spawnRunner(
      {},
      {
        TF_CLI_CONFIG_FILE: missing,
        TF_CLI_ARGS_apply: '-destroy',
        TF_CLI_ARGS: '-no-such-flag',
        TF_LOG: 'trace',
        TF_WORKSPACE: 'elsewhere',
        TF_DATA_DIR: join(directory, 'elsewhere'),
        TF_INPUT: 'abc',
        MY_API_TOKEN: 'hidden-by-its-name-4711',
      },
    );
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'plain'), {
      'main.tf': 'resource "terraform_data" "one" { input = "1" }\noutput "o" { value = terraform_data.one.output }\n',
    });
    const view = await box.finish(
      await box.start(architecture, dir, [
        [{ key: 'plan', options: { action: 'plan' } }],
        [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan' }],
      ]),
    );
    expect(view.status).toBe('succeeded');
    expect(view.jobs[1]?.summary).toMatchObject({ add: 1, remove: 0 });
    expect(view.jobs[1]?.outputs).toEqual({ o: { value: '1', sensitive: false } });
    const log = await box.log(view.jobs[0] ?? { id: '' });
    expect(log).not.toContain('TF_');
    expect(log).not.toContain(missing);
  });

  it("is not run where the runner's own configuration does not allow scripts", async () => {
    await box.startRunner({ allowsScripts: false });
    const architecture = await box.createArchitecture('script');
    const marker = join(directory, 'ran');
    const dir = writeModule(join(directory, 'refused'), { 'note.txt': 'x\n' });
    const view = await box.finish(
      await box.start(architecture, dir, [[{ key: 'run', options: { script: `touch ${marker}` } }]]),
    );
    expect(view.jobs[0]?.reason?.code).toBe('SCRIPT_REFUSED');
    expect(() => writeFileSync(marker, '', { flag: 'wx' })).not.toThrow();
  });
});

describe('a runner', () => {
  it('with an unknown token ends, and says what to do', async () => {
    const runner = await box.startRunner({ token: 'sbx_runner_unknown' });
    expect(await runner.over).toMatchObject({ failed: true, reason: { code: 'RUNNER_TOKEN_UNKNOWN' } });
  });
  it('whose token is revoked takes nothing more and ends', async () => {
    const { token, id } = await box.createToken();
    const runner = await box.startRunner({ token });
    await expect.poll(() => runner.isOnline()).toBe(true);
    await box.call('DELETE', `/api/runners/${id}`);
    expect(await runner.over).toMatchObject({ failed: true, reason: { code: 'RUNNER_TOKEN_REVOKED' } });
  });
  it('with the token of another live one is refused', async () => {
    const { token } = await box.createToken();
    const first = await box.startRunner({ token });
    await expect.poll(() => first.isOnline()).toBe(true);
    const second = await box.startRunner({ token });
    expect(await second.over).toMatchObject({ failed: true, reason: { code: 'RUNNER_TOKEN_IN_USE' } });
    expect(first.isOnline()).toBe(true);
  });
});
