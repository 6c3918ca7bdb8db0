import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job.ts';
import { createSpec, runPlugin, toFlat, toPlain, writeFiles } from '../../helpers/run-plugin.ts';
import { TOOLS } from '../../helpers/tools.ts';

const SECRET = 'S3CR3T-of-the-test';
const CODE = {
  'main.tf': `
variable "name" { default = "first" }
variable "secret" {
  sensitive = true
  default   = "${SECRET}"
}
module "child" {
  source = "./child"
  count  = 2
}
resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = each.key
}
resource "terraform_data" "big" {
  input            = { name = var.name, text = "one\\ntwo\\n\${var.name}\\n", secret = var.secret }
  triggers_replace = [var.name]
  provisioner "local-exec" { command = "echo provisioned" }
  provisioner "local-exec" { command = "echo \${var.secret}" }
}
output "plain" { value = var.name }
output "hidden" {
  value     = var.secret
  sensitive = true
}
`,
  'child/main.tf': 'resource "terraform_data" "in" {\n  count = 2\n  input = count.index\n}\n',
};

describe.each(TOOLS)('$title', ({ tool }) => {
  const kind = tool?.name === 'tofu' ? 'opentofu' : 'terraform';
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'signalbox-plugin-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const readState = () => {
    const path = join(dir, 'terraform.tfstate');
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const run = (action: string, more: Partial<JobSpec> = {}, env: Record<string, string> = {}) =>
    runPlugin(tool, dir, createSpec(kind, { action }, more), { readState, env });

  test.skipIf(tool === null)('code with modules, count, for_each and provisioners goes all its way', () => {
    writeFiles(dir, CODE);
    expect(toPlain(run('validate').log)).toContain('Success! The configuration is valid.');

    const planned = run('plan');
    expect(planned.last.conclusion).toBe('succeeded');
    expect(planned.summary).toEqual({ add: 7, change: 0, remove: 0, import: 0, outputs: 2 });
    expect(toPlain(planned.log)).toContain('Plan: 7 to add, 0 to change, 0 to destroy.');
    expect(toPlain(planned.log)).toContain('  + module.child[1].terraform_data.in[0] will be created');
    expect(readState()).toBeNull();

    const applied = run('apply');
    expect(applied.last.conclusion).toBe('succeeded');
    expect(applied.summary).toEqual({ add: 7, change: 0, remove: 0, import: 0, outputs: 2 });
    expect(applied.outputs).toEqual({ plain: { value: 'first', sensitive: false }, hidden: { sensitive: true } });
    expect(toPlain(applied.log)).toContain('Apply complete! Resources: 7 added, 0 changed, 0 destroyed.');
    expect(toPlain(applied.log)).toContain('terraform_data.big (local-exec): provisioned');
    expect(toPlain(applied.log)).toContain('hidden = <sensitive>');

    const again = run('apply', { variables: { name: 'second' } });
    expect(again.summary).toEqual({ add: 1, change: 0, remove: 1, import: 0, outputs: 1 });
    expect(toPlain(again.log)).toContain('name = "first" -> "second"');
    expect(toPlain(again.log)).toContain('plain = "first" -> "second"');

    const destroyed = run('destroy');
    expect(destroyed.summary).toMatchObject({ add: 0, remove: 7 });
    expect(toPlain(destroyed.log)).toContain('Resources: 0 added, 0 changed, 7 destroyed.');
    const told = [planned, applied, again, destroyed].map(({ log, events, evidence, outputs, last }) =>
      JSON.stringify({ log, events, evidence, outputs, last }),
    );
    for (const text of told) expect(text).not.toContain(SECRET);
  });

  test.skipIf(tool === null)('the ledger names each resource with the id that it has in the state', () => {
    writeFiles(dir, CODE);
    const { events } = run('apply');
    const ids = new Map(
      events.flatMap((event) =>
        event.type === 'resource' && event.moment === 'completed' ? [[event.address, event.id] as const] : [],
      ),
    );
    const { resources } = JSON.parse(readState() ?? '') as {
      resources: { instances: { attributes: { id: string } }[] }[];
    };
    const stored = resources.flatMap(({ instances }) => instances.map(({ attributes }) => attributes.id));
    expect([...ids.values()].toSorted()).toEqual(stored.toSorted());
    expect(ids.has('terraform_data.each["a"]')).toBe(true);
    const started = events.filter((event) => event.type === 'resource' && event.moment === 'started');
    expect(started).toHaveLength(7);
    expect(events.filter(({ type }) => type === 'progress').at(-1)).toEqual({
      type: 'progress',
      progress: { done: 7, total: 7, noun: 'resources' },
    });
  });

  test.skipIf(tool === null)('a replacement is one resource in the progress, and done when both its halves are', () => {
    writeFiles(dir, CODE);
    run('apply');
    const { events } = run('apply', { variables: { name: 'second' } });
    expect(events.filter(({ type }) => type === 'progress')).toEqual([
      { type: 'progress', progress: { done: 1, total: 1, noun: 'resources' } },
    ]);
    const moments = events.flatMap((event) => (event.type === 'resource' ? [`${event.action} ${event.moment}`] : []));
    expect(moments).toEqual(['delete started', 'delete completed', 'create started', 'create completed']);
  });

  test.skipIf(tool === null)('an apply of nothing stops behind the plan, and is green', () => {
    writeFiles(dir, CODE);
    run('apply');
    const ran = run('apply');
    expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'plan', 'show']);
    expect(ran.last).toMatchObject({ conclusion: 'succeeded', nothingLeft: true });
    expect(toPlain(ran.log)).toContain('No changes.');
    expect(ran.outputs['plain']).toEqual({ value: 'first', sensitive: false });
  });

  test.skipIf(tool === null)('changes of outputs alone are changes', () => {
    writeFiles(dir, { 'main.tf': 'output "a" { value = 1 }' });
    const ran = run('apply');
    expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'plan', 'show', 'apply']);
    expect(ran.summary).toEqual({ add: 0, change: 0, remove: 0, import: 0, outputs: 1 });
    expect(ran.outputs).toEqual({ a: { value: 1, sensitive: false } });
  });

  test.skipIf(tool === null)('what is only moved or forgotten is applied, though the tool counts no change', () => {
    const forget = 'removed {\n  from = terraform_data.gone\n  lifecycle {\n    destroy = false\n  }\n}\n';
    const move = 'moved {\n  from = terraform_data.old\n  to   = terraform_data.new\n}\n';
    writeFiles(dir, { 'main.tf': 'resource "terraform_data" "old" {}\nresource "terraform_data" "gone" {}\n' });
    run('apply');
    writeFiles(dir, { 'main.tf': `resource "terraform_data" "new" {}\n${move}${forget}` });
    const ran = run('apply');
    expect(ran.last.conclusion).toBe('succeeded');
    expect(ran.steps.at(-1)?.key).toBe('apply');
    expect(ran.summary).toMatchObject({ add: 0, change: 0, remove: 0 });
    expect(ran.evidence['show']?.facts['changes']).toEqual(
      expect.arrayContaining([
        { address: 'terraform_data.gone', action: 'remove' },
        { address: 'terraform_data.new', action: 'move' },
      ]),
    );
    expect(toPlain(ran.log)).toContain('terraform_data.new has moved from terraform_data.old');
  });

  test.skipIf(tool === null)('imports and updates are counted as the tool counts them', () => {
    writeFiles(dir, { 'main.tf': 'resource "terraform_data" "a" { input = 1 }' });
    run('apply');
    const imported = 'import {\n  to = terraform_data.b\n  id = "abc"\n}\nresource "terraform_data" "b" {}\n';
    writeFiles(dir, { 'main.tf': `resource "terraform_data" "a" { input = 2 }\n${imported}` });
    const ran = run('plan');
    expect(ran.summary).toEqual({ add: 0, change: 1, remove: 0, import: 1, outputs: 0 });
    expect(toPlain(ran.log)).toContain('~ input  = 1 -> 2');
    expect(toPlain(ran.log)).toContain('# terraform_data.b will be imported');
  });

  test.skipIf(tool === null)('a missing variable is named, with the file and the line that declare it', () => {
    writeFiles(dir, { 'main.tf': '# one\nvariable "needed" {}\noutput "a" { value = var.needed }\n' });
    const ran = run('plan');
    expect(ran.last.reason).toMatchObject({ code: 'STEP_FAILED' });
    expect(ran.last.reason?.message).toMatch(/No value for required variable \(main\.tf line 2\).*"needed"/);
    expect(toFlat(ran.log)).toContain('on main.tf line 2: 2: variable "needed" {}');
    expect(run('plan', {}, { TF_VAR_needed: 'x' }).last.conclusion).toBe('succeeded');
  });

  test.skipIf(tool === null)('a variable of the pipeline goes before terraform.tfvars', () => {
    writeFiles(dir, { 'main.tf': 'variable "a" {}\noutput "a" { value = var.a }', 'terraform.tfvars': 'a = "file"' });
    expect(run('apply', { variables: { a: 'pipeline' } }).outputs['a']?.value).toBe('pipeline');
  });

  test.skipIf(tool === null)('a syntax error is shown with its file and line', () => {
    writeFiles(dir, { 'main.tf': 'output "a" {\n  value = 1\n}\nresource "terraform_data" {\n' });
    for (const action of ['validate', 'plan']) {
      const ran = run(action);
      expect(ran.last.conclusion).toBe('failed');
      expect(toFlat(ran.log)).toContain('on main.tf line 4');
    }
  });

  test.skipIf(tool === null)('what only `validate` finds is shown in the box that people know', () => {
    writeFiles(dir, { 'main.tf': 'output "a" {\n  value = terraform_data.nothing.id\n}\n' });
    const ran = run('validate');
    expect(ran.last.reason?.message).toContain('Reference to undeclared resource (main.tf line 2)');
    expect(toPlain(ran.log)).toContain(
      '╷\n│ Error: Reference to undeclared resource\n│ \n│   on main.tf line 2, in output "a":',
    );
  });

  test.skipIf(tool === null)('a failed precondition fails the plan, and a failing check only warns', () => {
    const check = 'check "c" {\n  assert {\n    condition     = var.ok == "x"\n    error_message = "Poorly."\n  }\n}\n';
    const guarded =
      'resource "terraform_data" "a" {\n  lifecycle {\n    precondition {\n      condition     = var.ok == "yes"\n      error_message = "Not ok."\n    }\n  }\n}\n';
    writeFiles(dir, { 'main.tf': `variable "ok" { default = "yes" }\n${check}${guarded}` });
    const warned = run('apply');
    expect(warned.last.conclusion).toBe('succeeded');
    expect(warned.events).toContainEqual(expect.objectContaining({ type: 'note', level: 'warning' }));
    expect(toFlat(warned.log)).toContain('Warning: Check block assertion failed');
    const failed = run('apply', { variables: { ok: 'no' } });
    expect(failed.last.conclusion).toBe('failed');
    expect(failed.last.reason?.message).toContain('Not ok.');
    expect(failed.steps.map(({ key }) => key)).toEqual(['init', 'plan']);
    expect(failed.summary).toBeNull();
  });

  test.skipIf(tool === null)('a provisioner that fails is told with its resource, and what was done is counted', () => {
    const failing =
      'resource "terraform_data" "bad" {\n  provisioner "local-exec" { command = "exit 3" }\n  depends_on = [terraform_data.good]\n}\n';
    writeFiles(dir, { 'main.tf': `resource "terraform_data" "good" {}\n${failing}` });
    const ran = run('apply');
    expect(ran.last.reason?.message).toMatch(/apply.*exit code 1: local-exec provisioner error \(main\.tf line 3\)/);
    expect(ran.summary).toEqual({ add: 1, change: 0, remove: 0, import: 0, outputs: 0 });
    expect(ran.evidence['apply']?.facts).toMatchObject({ errored: ['terraform_data.bad'], completed: 1 });
    expect(ran.events).toContainEqual(
      expect.objectContaining({ type: 'resource', address: 'terraform_data.bad', moment: 'errored' }),
    );
  });

  test.skipIf(tool === null)('a target is expanded over modules and instances, and nothing else is touched', () => {
    writeFiles(dir, CODE);
    const ran = run('apply', { target: String.raw`in\[1\]$|each\["a"\]` });
    expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'survey', 'survey-show', 'plan', 'show', 'apply']);
    expect(ran.last.conclusion).toBe('succeeded');
    expect(ran.steps.find(({ key }) => key === 'plan')?.args.filter((arg) => arg.startsWith('-target='))).toEqual([
      '-target=module.child[0].terraform_data.in[1]',
      '-target=module.child[1].terraform_data.in[1]',
      '-target=terraform_data.each["a"]',
    ]);
    expect(ran.summary).toMatchObject({ add: 3 });
    const destroyed = run('destroy', { target: 'each' });
    expect(destroyed.summary).toMatchObject({ remove: 1 });
  });

  test.skipIf(tool === null)('a target that matches nothing fails, and names what there is', () => {
    writeFiles(dir, { 'main.tf': 'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {}\n' });
    const ran = run('apply', { target: 'aws_' });
    expect(ran.last.reason).toMatchObject({ code: 'TARGET_NO_MATCH' });
    expect(ran.last.reason?.hint).toContain('terraform_data.a, terraform_data.b');
    expect(ran.steps.at(-1)?.key).toBe('survey-show');
  });

  test.skipIf(tool === null)('a survey that fails shows why', () => {
    writeFiles(dir, { 'main.tf': 'variable "needed" {}\nresource "terraform_data" "a" { input = var.needed }\n' });
    const ran = run('plan', { target: 'a' });
    expect(ran.last.reason?.message).toContain('"needed" is not set');
    expect(toFlat(ran.log)).toContain('Error: No value for required variable');
  });

  test.skipIf(tool === null)('a saved plan of another job is applied as it is', () => {
    writeFiles(dir, CODE);
    run('plan');
    const sha = 'a'.repeat(64);
    const surroundings = { path: dir, tool: { name: 'terraform', version: '1' }, source: sha, lockFile: null } as const;
    const manifest = { ...surroundings, state: null, plan: sha, files: [], destroy: false };
    const ran = run('apply', { plan: { artifact: sha, size: 1, manifest } });
    expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'apply']);
    expect(ran.summary).toMatchObject({ add: 7 });
  });
});
