import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job.ts';
import { createSpec, runPlugin, toFlat, toPlain, writeFiles } from '../../helpers/run-plugin.ts';
import { TOOLS } from '../../helpers/tools.ts';

const CODE = {
  'main.tf': `
variable "name" {}
resource "terraform_data" "a" { input = var.name }
resource "terraform_data" "each" { for_each = toset(["x", "y z"]) }
module "child" { source = "./child" }
output "of_a" { value = terraform_data.a.id }
`,
  'child/main.tf': 'resource "terraform_data" "in" { count = 2 }\n',
};
const ALL = [
  { address: 'terraform_data.a', id: 'id-a' },
  { address: 'terraform_data.each["y z"]', id: '-force and $(touch oops)' },
  { address: 'module.child.terraform_data.in[1]', id: 'id-in' },
];

describe.each(TOOLS)('$title', ({ tool }) => {
  const kind = tool?.name === 'tofu' ? 'opentofu' : 'terraform';
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'signalbox-import-'));
    writeFiles(dir, CODE);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const path = () => join(dir, 'terraform.tfstate');
  const readState = () => (existsSync(path()) ? readFileSync(path(), 'utf8') : null);
  const run = (imports: { address: string; id: string }[], more: Partial<JobSpec> = {}) =>
    runPlugin(tool, dir, createSpec(kind, { action: 'import', imports }, { variables: { name: 'n' }, ...more }), {
      readState,
    });
  const readIds = (): string[] => {
    const { resources } = JSON.parse(readState() ?? '{"resources":[]}') as {
      resources: { instances: { attributes: { id: string } }[] }[];
    };
    return resources.flatMap(({ instances }) => instances.map(({ attributes }) => attributes.id)).toSorted();
  };

  test.skipIf(tool === null)(
    'objects are imported in order, one irreversible step each, whatever their ids look like',
    () => {
      const ran = run(ALL);
      expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'import', 'import-2', 'import-3']);
      expect(ran.steps.slice(1).every(({ effect, graceMs }) => effect === 'irreversible' && graceMs === null)).toBe(
        true,
      );
      expect(ran.last).toMatchObject({ conclusion: 'succeeded', reason: null });
      expect(ran.summary).toEqual({ add: 0, change: 0, remove: 0, import: 3, outputs: 0 });
      expect(readIds()).toEqual(ALL.map(({ id }) => id).toSorted());
      expect(toPlain(ran.log)).toContain(`import -var=name=n terraform_data.a id-a`);
      expect(toFlat(ran.log)).toContain('Import successful!');
      expect(existsSync(join(dir, 'oops'))).toBe(false);
    },
  );

  test.skipIf(tool === null)('what is in the state already is left alone, said, and no failure', () => {
    run(ALL.slice(0, 1));
    const ran = run([{ address: 'terraform_data.a', id: 'other' }, ...ALL.slice(1, 2)]);
    expect(ran.last.conclusion).toBe('succeeded');
    expect(ran.summary).toMatchObject({ import: 1 });
    expect(ran.log).toContain('terraform_data.a is in the state already: nothing was imported.\n');
    expect(readIds()).toEqual(['-force and $(touch oops)', 'id-a']);
  });

  test.skipIf(tool === null)(
    'the first import that fails is the last, and those before it are counted and kept',
    () => {
      const ran = run([...ALL.slice(0, 1), { address: 'terraform_data.gone', id: 'x' }, ...ALL.slice(1)]);
      expect(ran.steps.map(({ key }) => key)).toEqual(['init', 'import', 'import-2']);
      expect(ran.last).toMatchObject({ conclusion: 'failed', reason: { code: 'STEP_FAILED' } });
      expect(ran.last.reason?.message).toContain(
        '`import-2` ended with exit code 1: resource address "terraform_data.gone"',
      );
      expect(ran.last).not.toHaveProperty('transient');
      expect(ran.summary).toMatchObject({ import: 1 });
      expect(readIds()).toEqual(['id-a']);
    },
  );

  test.skipIf(tool === null)('after it, a plan wants nothing of what was imported', () => {
    run(ALL);
    const planned = runPlugin(tool, dir, createSpec(kind, { action: 'plan' }, { variables: { name: 'n' } }));
    expect(planned.last.conclusion).toBe('succeeded');
    expect(planned.summary).toMatchObject({ add: 2, remove: 0 });
  });
});
