import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModule } from '../../helpers/signalbox.ts';
import { findTool } from '../../helpers/tools.ts';
import { cli, startCli, type Cli } from './start-cli.ts';

const TIMEOUT_MS = 120_000;
let directory: string;
let data: string;
let up: Cli;
const module = (name: string, files: Record<string, string>): string => writeModule(join(directory, name), files);
const run = (args: string[], env: Record<string, string> = {}) => cli(['run', ...args], { data, env });
const resultOf = async (args: string[], env: Record<string, string> = {}) => {
  const { code, events, out, err } = await run([...args, '--json'], env);
  const last = events.at(-1);
  expect(last?.['type'], `${out}\n${err}`).toBe('result');
  const text = events.flatMap((event) => (event['type'] === 'log' ? [event['text']] : [])).join('');
  return { code, result: last ?? {}, text, notes: events.filter(({ type }) => type === 'note') };
};

const SHOP = `
variable "name" { default = "shop" }
resource "terraform_data" "item" {
  count = 2
  input = "\${var.name} \${count.index}"
}
output "names" { value = terraform_data.item[*].output }
output "folder" { value = basename(abspath(path.root)) }
`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-run-'));
  data = join(directory, 'data');
  // One control plane for all: every `run` here meets it.
  up = startCli(['up'], { data });
  await up.until('It stays up until Ctrl-C.');
}, TIMEOUT_MS);
afterAll(async () => {
  up.interrupt();
  await up.done;
  rmSync(directory, { recursive: true, force: true });
});

describe.runIf(findTool('terraform') !== null || findTool('tofu') !== null)('signalbox run', () => {
  it(
    'plans, applies and destroys on the live control plane; the last line is the result',
    async () => {
      const dir = module('shop', { 'main.tf': SHOP });
      const planned = await resultOf([dir]);
      expect(planned).toMatchObject({ code: 0, result: { number: 1, status: 'succeeded', summary: { add: 2 } } });
      expect(planned.notes.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^This is a new architecture, shop, run with (terraform|opentofu)\.$/),
        '.signalbox.json links this code to shop; commit it.',
      ]);
      const applied = await resultOf([dir, '--apply', '--auto-approve', '--var', 'name=a = "b"']);
      expect(applied).toMatchObject({ code: 0, result: { number: 2, status: 'succeeded', summary: { add: 2 } } });
      expect(applied.result['outputs']).toEqual({
        names: { value: ['a = "b" 0', 'a = "b" 1'], sensitive: false },
        folder: { value: 'shop', sensitive: false },
      });
      const again = await resultOf([dir, '--apply', '--auto-approve', '--var', 'name=a = "b"']);
      expect(again.result).toMatchObject({ status: 'succeeded', summary: { add: 0, change: 0, remove: 0 } });
      const removed = await resultOf([dir, '--destroy', '--apply', '--auto-approve']);
      expect(removed).toMatchObject({ code: 0, result: { status: 'succeeded', summary: { remove: 2 } } });
    },
    TIMEOUT_MS,
  );

  it(
    'takes modules above the directory along, and only what the target matches',
    async () => {
      module('mono', {
        '.git/HEAD': 'ref: refs/heads/main\n',
        'modules/box/main.tf': 'variable "name" {}\nresource "terraform_data" "box" { input = var.name }\n',
        'live/main.tf': `
module "box" {
  for_each = toset(["red", "blue"])
  source   = "../modules/box"
  name     = each.key
}`,
      });
      const dir = join(directory, 'mono', 'live');
      const all = await resultOf([dir]);
      expect(all).toMatchObject({ code: 0, result: { summary: { add: 2 } } });
      const one = await resultOf([dir, '--target', 'red']);
      expect(one).toMatchObject({ code: 0, result: { summary: { add: 1 } } });
      const none = await resultOf([dir, '--target', 'green']);
      expect(none).toMatchObject({ code: 1, result: { status: 'failed', reason: { code: 'TARGET_NO_MATCH' } } });
    },
    TIMEOUT_MS,
  );

  it(
    'masks secrets, whatever the code does with them',
    async () => {
      const dir = module('secret', {
        'main.tf': `
variable "db_password" { sensitive = true }
resource "terraform_data" "leak" {
  input = nonsensitive(var.db_password)
  provisioner "local-exec" { command = "echo env is $DEPLOY_KEY" }
}`,
      });
      const env = { db_password: 'hunter2-is-long', DEPLOY_KEY: 'deploy-key-value' };
      const args = [dir, '--apply', '--auto-approve', '--secret-var', 'db_password', '--secret-env', 'DEPLOY_KEY'];
      const { code, text } = await resultOf(args, env);
      expect(code).toBe(0);
      expect(text).toContain('env is ');
      expect(text).not.toContain('hunter2-is-long');
      expect(text).not.toContain('deploy-key-value');
    },
    TIMEOUT_MS,
  );

  it(
    'shows the diagnostics of the tool with file and line, names a missing variable, and exits 1',
    async () => {
      const broken = await run([module('broken', { 'main.tf': 'resource "terraform_data" "a" {\n  input = \n}\n' })]);
      expect(broken.code).toBe(1);
      expect(broken.out).toContain('main.tf line 2');
      const missing = await run([
        module('missing', { 'main.tf': 'variable "region" {}\noutput "r" { value = var.region }\n' }),
      ]);
      expect(missing.code).toBe(1);
      expect(missing.out).toMatch(/variable "region"/);
    },
    TIMEOUT_MS,
  );

  it(
    'takes a local state over only when asked, and never plans past it by itself',
    async () => {
      const dir = module('legacy', {
        'main.tf': 'resource "terraform_data" "old" { input = "x" }\n',
        'terraform.tfstate': JSON.stringify({
          version: 4,
          terraform_version: '1.5.0',
          serial: 7,
          lineage: 'legacy-lineage',
          outputs: {},
          resources: [],
        }),
      });
      const refused = await run([dir]);
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.err).toContain('--import-state');
      expect(existsSync(join(dir, '.signalbox.json'))).toBe(false);
      const imported = await resultOf([dir, '--import-state']);
      expect(imported.code).toBe(0);
      expect(imported.notes.map(({ message }) => message).join('\n')).toContain('taken over, serial 7');
    },
    TIMEOUT_MS,
  );

  it(
    'never plans another architecture from a fresh checkout: a taken name names both ways out',
    async () => {
      const dir = module('first/web', { 'main.tf': 'output "a" { value = 1 }\n' });
      expect((await run([dir])).code).toBe(0);
      const fresh = module('second/web', { 'main.tf': 'output "a" { value = 1 }\n' });
      const refused = await run([fresh]);
      expect(refused.code).toBe(2);
      expect(refused.err).toContain('--architecture web');
      expect(refused.err).toContain('--new NAME');
      expect((await run([fresh, '--architecture', 'web'])).code).toBe(0);
      expect(JSON.parse(readFileSync(join(fresh, '.signalbox.json'), 'utf8'))).toMatchObject({ architecture: 'web' });
      const unknown = module('third/api', { 'main.tf': 'output "a" { value = 1 }\n' });
      writeFileSync(join(unknown, '.signalbox.json'), '{"version": 1, "architecture": "elsewhere"}');
      const elsewhere = await run([unknown]);
      expect(elsewhere).toMatchObject({ code: 2 });
      expect(elsewhere.err).toContain('--new elsewhere');
    },
    TIMEOUT_MS,
  );

  it(
    'stops gracefully on Ctrl-C, says what became of the state, and exits 130',
    async () => {
      const dir = module('slow', {
        'main.tf': `
resource "terraform_data" "quick" { input = "q" }
resource "terraform_data" "slow" {
  depends_on = [terraform_data.quick]
  provisioner "local-exec" { command = "echo it begins; sleep 30" }
}`,
      });
      const slow = startCli(['run', dir, '--apply', '--auto-approve'], { data });
      await slow.until('it begins');
      slow.interrupt();
      const { code, out } = await slow.done;
      expect(code).toBe(130);
      expect(out).toContain('Interrupted: the pipeline is stopped');
      expect(out).toMatch(/The state of slow is stored, serial \d+: what was created is in it\./);
      expect(out).toContain('Pipeline 1 of slow terminated');
    },
    TIMEOUT_MS,
  );
});

describe('signalbox run refuses, with a sentence, a hint and exit code 2,', () => {
  const plain = (name: string) => module(name, { 'main.tf': 'output "a" { value = 1 }\n' });
  const cases: [string, () => string[], string][] = [
    ['what is no directory', () => [join(directory, 'nowhere')], 'is not a directory.'],
    ['a directory without code', () => [module('empty', { 'README.md': '' })], 'holds no .tf or .tf.json files.'],
    [
      'a cloud block',
      () => [module('cloudy', { 'main.tf': 'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n' })],
      'The code has a `cloud` block (main.tf)',
    ],
    ['to apply where nobody can be asked', () => [plain('asks'), '--apply'], '--auto-approve'],
    ['an unknown option', () => [plain('flag'), '--aply'], 'the nearest is `--apply`'],
    ['a secret without a value', () => [plain('nosecret'), '--secret-var', 'absent'], 'The secret absent has no value'],
    [
      'a variable file that is not there',
      () => [plain('novars'), '--var-file', 'no.tfvars'],
      'no.tfvars cannot be read',
    ],
    [
      'an architecture that does not exist',
      () => [plain('noarch'), '--architecture', 'ghost'],
      'no architecture ghost',
    ],
    [
      'a module outside the root',
      () => [module('outside', { 'main.tf': 'module "a" {\n  source = "../../elsewhere"\n}\n' })],
      'lies outside',
    ],
    ['code that is too large', () => [plain('large'), '--max-bundle-bytes', '10'], 'the limit is 10'],
    ['to approve what is not applied', () => [plain('approve'), '--auto-approve'], 'belongs to `--apply`'],
  ];
  it.each(cases)(
    '%s',
    async (_, args, sentence) => {
      const { code, err, out } = await run(args());
      expect(`${err}${out}`).toContain(sentence);
      expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
      expect(err).not.toMatch(/^ {4}at /m);
    },
    TIMEOUT_MS,
  );
});
