import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobView, PipelineView } from '../../src/protocol/rest.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const MODULE = {
  'main.tf': `
variable "name" { type = string }
variable "password" {
  type      = string
  sensitive = true
}
resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = "\${var.name}-\${each.key}"
}
resource "terraform_data" "counted" {
  count = 2
  input = basename(abspath(path.root))
}
resource "terraform_data" "placed" {
  input = "\${path.cwd} \${terraform_data.counted[0].output}"
  provisioner "local-exec" { command = "echo the token is $DEPLOY_TOKEN; cat made-by-plan.txt" }
}
data "terraform_remote_state" "none" {
  count   = 0
  backend = "local"
}
module "child" {
  source = "./child"
  name   = var.name
}
output "name" { value = module.child.name }
output "secret" {
  value     = var.password
  sensitive = true
}
`,
  'made-by-plan.txt': 'from the source\n',
  'child/main.tf': `
variable "name" { type = string }
resource "terraform_data" "inner" { input = var.name }
output "name" { value = terraform_data.inner.output }
`,
};
const PASSWORD = 'correct-horse-battery';
const TOKEN = 'tok-5f1e0c77d2';
const plan = { key: 'plan', options: { action: 'plan' } };
const apply = { key: 'apply', options: { action: 'apply' }, planFrom: 'plan', requireApproval: true };
const given = {
  variables: { name: 'web' },
  secrets: [
    { name: 'password', as: 'variable' as const, value: PASSWORD },
    { name: 'DEPLOY_TOKEN', as: 'environment' as const, value: TOKEN },
  ],
};

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-travel-'));
  box = await startBox(directory);
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});
afterEach(() => box.closeRunners());
const jobOf = (view: PipelineView, key: string): JobView => view.jobs.find((job) => job.key === key) as JobView;
const manual = (view: PipelineView) => jobOf(view, 'apply').status === 'manual' || view.finishedAt !== null;

describe('a plan made by one runner', () => {
  it('is applied by another runner of the organisation, and no secret is in log, outputs or events', async () => {
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'web-shop'), MODULE);
    const planner = await box.startRunner({ name: 'planner' });
    const pipeline = await box.start(architecture, dir, [[plan], [apply]], given);
    const planned = await box.until(pipeline, manual);
    expect(jobOf(planned, 'plan')).toMatchObject({ status: 'succeeded', summary: { add: 6, change: 0, remove: 0 } });
    await planner.close();

    await box.startRunner({ name: 'applier' });
    await box.call('POST', `/api/jobs/${jobOf(planned, 'apply').id}/approve`, {});
    const view = await box.finish(pipeline);
    const job = jobOf(view, 'apply');
    expect(job.reason).toBeNull();
    expect(job.runner?.name).toBe('applier');
    expect(job.outputs).toEqual({ name: { value: 'web', sensitive: false }, secret: { sensitive: true } });
    const log = await box.log(job);
    expect(log).toContain('the token is ***');
    expect(log).toContain('from the source');
    for (const text of [log, await box.log(jobOf(view, 'plan')), JSON.stringify(view)]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(TOKEN);
    }
    const again = await box.finish(await box.start(architecture, dir, [[plan]], given));
    expect(jobOf(again, 'plan').summary).toEqual({ add: 0, change: 0, remove: 0, import: 0, outputs: 0 });
  });

  it('is refused before the tool starts when the state moved meanwhile', async () => {
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'moved'), {
      'main.tf': 'resource "terraform_data" "one" { input = "1" }\n',
    });
    await box.startRunner();
    const first = await box.start(architecture, dir, [[plan], [apply]]);
    const second = await box.start(architecture, dir, [[plan], [apply]]);
    const [one, two] = [await box.until(first, manual), await box.until(second, manual)];
    await box.call('POST', `/api/jobs/${jobOf(one, 'apply').id}/approve`, {});
    expect((await box.finish(first)).status).toBe('succeeded');
    await box.call('POST', `/api/jobs/${jobOf(two, 'apply').id}/approve`, {});
    const view = await box.finish(second);
    expect(view.status).toBe('failed');
    expect(jobOf(view, 'apply').reason).toMatchObject({ code: 'PLAN_MOVED' });
    expect(jobOf(view, 'apply').reason?.message).toContain('the state was none');
    expect(jobOf(view, 'apply').steps).toEqual([]);
  });
});

describe('two applies of one architecture', () => {
  it('never run at once', async () => {
    const architecture = await box.createArchitecture('terraform');
    const marker = join(directory, 'busy');
    const text = `resource "terraform_data" "one" {
  triggers_replace = timestamp()
  provisioner "local-exec" { command = "mkdir ${marker} && sleep 0.5 && rmdir ${marker}" }
}`;
    const dir = writeModule(join(directory, 'locked'), { 'main.tf': text });
    await box.startRunner();
    const both = await Promise.all(
      [0, 1, 2].map(() => box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]])),
    );
    for (const pipeline of both) expect((await box.finish(pipeline)).status).toBe('succeeded');
    expect(existsSync(marker)).toBe(false);
  });
});

describe('code that says where its state is', () => {
  it('with a cloud block is refused with the reason', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'cloud'), {
      'main.tf': 'terraform {\n  cloud { organization = "x" }\n}\n',
    });
    const view = await box.finish(await box.start(architecture, dir, [[plan]]));
    expect(jobOf(view, 'plan').reason).toMatchObject({ code: 'CLOUD_BLOCK' });
  });
  it('under a local path of its own keeps it there, and it is managed all the same', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const text =
      'terraform {\n  backend "local" { path = "states/own.tfstate" }\n}\nresource "terraform_data" "one" { input = "1" }\n';
    const dir = writeModule(join(directory, 'own-path'), { 'main.tf': text });
    const applyAlone = [[{ key: 'apply', options: { action: 'apply' } }]];
    expect((await box.finish(await box.start(architecture, dir, applyAlone))).status).toBe('succeeded');
    const again = await box.finish(await box.start(architecture, dir, [[plan]]));
    expect(jobOf(again, 'plan').summary).toMatchObject({ add: 0 });
  });
  it('in a backend of its own is run as it is, and told what that means', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const text =
      'terraform {\n  backend "http" { address = "http://127.0.0.1:9/state" }\n}\nresource "terraform_data" "one" { input = "1" }\n';
    const dir = writeModule(join(directory, 'remote'), { 'main.tf': text });
    const view = await box.finish(await box.start(architecture, dir, [[plan]]));
    expect(await box.log(jobOf(view, 'plan'))).toContain("The code's own backend (http) holds the state");
  });
});

describe('code with a mistake', () => {
  it("shows the tool's own diagnostics with file and line", async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'broken'), {
      'main.tf': 'resource "terraform_data" "one" {\n  input = \n}\n',
    });
    const view = await box.finish(await box.start(architecture, dir, [[plan]]));
    expect(view.status).toBe('failed');
    expect(await box.log(jobOf(view, 'plan'))).toMatch(/main\.tf line 2/);
    expect(jobOf(view, 'plan').reason?.message).toMatch(/Invalid expression \(on main\.tf line 2\)/);
  });
  it('says exactly which variable has no value', async () => {
    await box.startRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'unset'), {
      'main.tf': 'variable "region" { type = string }\noutput "r" { value = var.region }\n',
    });
    const view = await box.finish(await box.start(architecture, dir, [[plan]]));
    expect(jobOf(view, 'plan').reason?.message).toContain('region');
  });
});
