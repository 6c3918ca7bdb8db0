import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJobFiles } from '../../src/io/disk/job-files.ts';
import type { Secret } from '../../src/protocol/job.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-secrets-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const VALUES = {
  password: 'pw-7Qz!93kd0aXw',
  shown: 'shown-in-an-output-51c2',
  quoted: `q"uo\\ted & <odd> 'v' 8e1f`,
  PEM: '-----BEGIN KEY-----\nline-one-of-the-key-4f02\nline-two-of-the-key-b7d9\n-----END KEY-----',
  API_TOKEN: 'api-token-of-the-environment-c3a6',
};
/** Made by the code itself: only state and plan know it. */
const DERIVED = 'derived-2b-secret-9d';

const secrets: Secret[] = Object.entries(VALUES).map(([name, value]) => ({
  name,
  as: name === name.toLowerCase() ? 'variable' : 'environment',
  value,
}));

const VARIABLES = `
variable "password" {
  type      = string
  sensitive = true
}
variable "shown" { type = string }
variable "quoted" { type = string }
`;
const toApplied = (end: string): string => `${VARIABLES}
resource "terraform_data" "kept" { input = { all = [var.password, var.shown, var.quoted], json = jsonencode(var.quoted) } }
resource "terraform_data" "derived" { input = sensitive(join("-", ["derived", "2b", "secret", "9d"])) }
resource "terraform_data" "said" {
  depends_on = [terraform_data.kept, terraform_data.derived]
  provisioner "local-exec" {
    command = <<-SH
      echo "$API_TOKEN"; echo "$PEM"; echo "$API_TOKEN" | base64; echo "x$API_TOKEN" | base64 -w0; echo "$API_TOKEN" >&2
      echo '\${jsonencode(var.shown)} \${urlencode(var.quoted)} \${base64encode(var.shown)} \${var.shown}'
      ${end}
    SH
  }
}
output "shown" { value = "it is \${var.shown}" }
output "json" { value = jsonencode(var.quoted) }
output "encoded" { value = base64encode(var.shown) }
output "kept" {
  value     = [terraform_data.kept.output, terraform_data.derived.output]
  sensitive = true
}
`;
const REFUSED = `${VARIABLES}
resource "terraform_data" "no" {
  input = var.shown
  lifecycle {
    precondition {
      condition     = length(var.shown) < 3
      error_message = "\${var.shown}, \${base64encode(var.shown)} and \${jsonencode(var.quoted)} will not do."
    }
  }
}
`;
const SCRIPT = `echo "$API_TOKEN" "$PEM"; env; printf %s "$API_TOKEN" | base64; cp /proc/self/environ kept-copy
echo "$API_TOKEN" > "$PWD/$API_TOKEN"; mkdir -p deep; echo "$PEM" > deep/pem; echo "no: $API_TOKEN" >&2; exit 3`;

/** Every form that a value may lie about in. */
const toForms = (value: string): string[] => [
  value,
  ...value.split('\n').filter((line) => !line.startsWith('-----')),
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  // At each alignment, without the ends, which depend on what stands around.
  ...[0, 1, 2].map((before) =>
    Buffer.from('x'.repeat(before) + value)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  ),
];
const FORMS = [...new Set([...Object.values(VALUES), DERIVED].flatMap(toForms))];

const filesBelow = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const at = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(at) : [at];
  });
/** Files whose content or name holds a form of a secret, with the form. */
const findSecrets = (path: string): string[] =>
  filesBelow(path).flatMap((file) => {
    const content = readFileSync(file);
    return FORMS.filter((form) => content.includes(form) || file.includes(form)).map((form) => `${file}: ${form}`);
  });

it('of a sealed job nothing but its trace is left, and no byte of state, temporary files, cache and data holds a secret', async () => {
  const runner = await box.spawnRunner();
  const { stateDirectory, temporaryDirectory, cacheDirectory } = runner.options;
  const plan = { key: 'plan', options: { action: 'plan' } };
  const both = [[plan], [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan' }]];
  const cases = [
    { kind: 'terraform', text: toApplied(':'), stages: both, status: 'succeeded' },
    { kind: 'terraform', text: toApplied('echo "no: $API_TOKEN" >&2; exit 4'), stages: both, status: 'failed' },
    { kind: 'terraform', text: REFUSED, stages: [[plan]], status: 'failed' },
    { kind: 'script', text: '', stages: [[{ key: 'tell', options: { script: SCRIPT } }]], status: 'failed' },
  ] as const;
  let attempts = 0;
  for (const [index, { kind, text, stages, status }] of cases.entries()) {
    const architecture = await box.createArchitecture(kind);
    const dir = writeModule(join(directory, 'code', String(index)), { 'main.tf': text });
    const view = await box.finish(
      await box.start(
        architecture,
        dir,
        stages.map((stage) => [...stage]),
        { secrets },
      ),
    );
    expect(view.status).toBe(status);
    attempts += view.jobs.length;
    const logs = await Promise.all(view.jobs.map((job) => box.log(job)));
    for (const said of [JSON.stringify(view), ...logs]) expect(FORMS.filter((form) => said.includes(form))).toEqual([]);
    expect(logs.join('')).toContain('***');
  }
  await expect.poll(() => createJobFiles(stateDirectory).unsealed(), { timeout: 10_000 }).toEqual([]);
  await box.closeRunners();

  const jobs = filesBelow(join(stateDirectory, 'jobs')).map((file) => relative(stateDirectory, file));
  expect(jobs).toHaveLength(attempts);
  for (const file of jobs) expect(file).toMatch(/^jobs\/[^/]+\/trace\.ndjson$/);
  expect(readdirSync(temporaryDirectory)).toEqual([]);
  for (const path of [stateDirectory, cacheDirectory]) expect(findSecrets(path)).toEqual([]);

  await box.takeDown();
  expect(findSecrets(join(directory, 'data'))).toEqual([]);
  await box.bringBack();
  // The search finds what is there.
  writeModule(stateDirectory, {
    left: `x${VALUES.PEM.split('\n')[1]}x`,
    more: Buffer.from(`ab${VALUES.shown}c`).toString('base64'),
  });
  expect(findSecrets(stateDirectory)).toHaveLength(2);
});

it('a sealing that was broken off is ended by the next process', async () => {
  const first = await box.spawnRunner();
  const { stateDirectory, temporaryDirectory, cacheDirectory, token, hidden } = first.options;
  const architecture = await box.createArchitecture('script');
  const dir = writeModule(join(directory, 'code', 'short'), { note: 'x' });
  const stages = [[{ key: 'tell', options: { script: 'echo "$API_TOKEN"' } }]];
  const view = await box.finish(await box.start(architecture, dir, stages, { secrets }));
  const files = createJobFiles(stateDirectory);
  await expect.poll(() => files.unsealed(), { timeout: 10_000 }).toEqual([]);
  await box.closeRunners();

  const attempt = view.jobs[0]?.attempt ?? '';
  await files.at(attempt).writeSecrets({ jobToken: 'none', secrets, masks: [] });
  writeModule(join(stateDirectory, 'jobs', attempt), { 'steps/0.0/output': VALUES.API_TOKEN });
  writeModule(join(temporaryDirectory, attempt), { 'terraform.tfstate': VALUES.password });
  const trace = await files.at(attempt).readTrace();
  await box.spawnRunner({ stateDirectory, temporaryDirectory, cacheDirectory, token, hidden });
  await expect.poll(() => files.unsealed(), { timeout: 10_000 }).toEqual([]);
  expect(readdirSync(join(stateDirectory, 'jobs', attempt))).toEqual(['trace.ndjson']);
  expect(readdirSync(temporaryDirectory)).toEqual([]);
  expect(await files.at(attempt).readTrace()).toBe(trace);
});
