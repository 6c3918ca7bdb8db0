import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModule } from '../../helpers/signalbox.ts';
import { findProgram, findTool } from '../../helpers/tools.ts';
import { cli, makeBarePath, startCli } from './start-cli.ts';

const TIMEOUT_MS = 120_000;
const MODULE = { 'main.tf': 'resource "terraform_data" "a" { input = "x" }\noutput "a" { value = 1 }\n' };
let directory: string;
let data: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-embedded-'));
  data = join(directory, 'data');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const module = (name: string): string => writeModule(join(directory, name), MODULE);
const hasTool = findTool('terraform') !== null || findTool('tofu') !== null;

describe.runIf(hasTool)('signalbox run without a control plane', () => {
  it(
    'brings its own, which a second run at the same time uses too',
    async () => {
      const runs = await Promise.all(['one', 'two'].map((name) => cli(['run', module(name)], { data })));
      expect(runs.map(({ code, err }) => ({ code, err }))).toEqual([
        { code: 0, err: '' },
        { code: 0, err: '' },
      ]);
      for (const { out } of runs) expect(out).toMatch(/Pipeline 1 of (one|two) succeeded/);
      expect(existsSync(join(data, 'private', 'live.json'))).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'brings its runner to a control plane that has none',
    async () => {
      const server = startCli(['server'], { data });
      await server.until('Ctrl-C ends the control plane');
      const { code, out } = await cli(['run', module('served')], { data });
      server.interrupt();
      expect((await server.done).code).toBe(0);
      expect(code).toBe(0);
      expect(out).toContain('Pipeline 1 of served succeeded');
    },
    TIMEOUT_MS,
  );

  it(
    'says with exit code 2 that its tool cannot be had',
    async () => {
      const path = makeBarePath(directory);
      const { code, events } = await cli(['run', module('bare'), '--no-downloads', '--json'], { data, path });
      expect(code).toBe(2);
      expect(events.at(-1)).toMatchObject({ type: 'error', code: 'TOOL_MISSING' });
    },
    TIMEOUT_MS,
  );
});

describe.runIf(findTool('tofu') !== null)('the example', () => {
  it(
    'runs with OpenTofu as with Terraform, in an environment that disturbs either',
    async () => {
      const dir = join(directory, 'hello-tofu');
      cpSync(fileURLToPath(new URL('../../../examples/hello-terraform', import.meta.url)), dir, { recursive: true });
      const args = ['run', dir, '--tool', 'opentofu', '--apply', '--auto-approve', '--json', '--var', 'name=you'];
      const env = { TF_CLI_ARGS_apply: '-destroy', TF_LOG: 'trace', TF_WORKSPACE: 'other', TF_CLI_ARGS: '-bogus' };
      const { code, events } = await cli(args, { data, env });
      expect(code).toBe(0);
      expect(events.at(-1)).toMatchObject({
        summary: { add: 6 },
        outputs: { greeting: { value: 'Hello, you! web.10.0.1.0/24 is up.' } },
      });
    },
    TIMEOUT_MS,
  );
});

describe.runIf(hasTool && findProgram('script') !== null)('signalbox run --apply on a terminal', () => {
  const ask = async (answer: string) => {
    const run = startCli(['run', module('asked'), '--apply'], { data, isTerminal: true });
    await run.until("Only 'yes' is accepted: ");
    run.type(answer);
    return run.done;
  };

  it(
    'applies nothing unless the answer is yes',
    async () => {
      const { code, out } = await ask('y\n');
      expect(code).toBe(1);
      expect(out).toContain('asked: 1 to add, 0 to change, 0 to destroy.');
      expect(out).toMatch(/Apply +terminated/);
    },
    TIMEOUT_MS,
  );

  it(
    'stops the pipeline when the answer is Ctrl-C',
    async () => {
      const { code, out } = await ask('\u0003');
      expect(code).toBe(130);
      expect(out).toContain('asked has no state: nothing was created.');
    },
    TIMEOUT_MS,
  );

  it(
    'applies the plan that was shown when it is',
    async () => {
      const { code, out } = await ask('yes\n');
      expect(code).toBe(0);
      expect(out).toContain('1 added, 0 changed, 0 destroyed');
      expect(out).toContain('\u001b[1m── Apply ── 2 of 2');
    },
    TIMEOUT_MS,
  );
});
