import { describe, expect, test } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job.ts';
import type { CompileContext } from '../../../src/plugins/plugin.ts';
import { terraform } from '../../../src/plugins/terraform/terraform.ts';
import { createSpec } from '../../helpers/run-plugin.ts';

const context = (spec: JobSpec, more: Partial<CompileContext> = {}): CompileContext => ({
  spec,
  tool: { name: 'terraform', shown: 'terraform', path: '/bin/terraform', version: '1.11.4' },
  cwd: '/code',
  files: ['main.tf'],
  needsInit: true,
  providerCache: null,
  ...more,
});
const sha = 'a'.repeat(64);
const plan = (destroy: boolean): JobSpec['plan'] => ({
  artifact: sha,
  size: 1,
  manifest: {
    path: '/code',
    tool: { name: 'terraform', version: '1.11.4' },
    source: sha,
    lockFile: null,
    state: null,
    plan: sha,
    files: [],
    destroy,
  },
});
const keys = (context: CompileContext) => terraform.compile(context).map(({ key }) => key);

test.each([
  ['validate', {}, ['init', 'validate']],
  ['plan', {}, ['init', 'plan', 'show']],
  ['apply', {}, ['init', 'plan', 'show', 'apply']],
  ['destroy', {}, ['init', 'plan', 'show', 'apply']],
  ['apply', { plan: plan(false) }, ['init', 'apply']],
  ['destroy', { plan: plan(true) }, ['init', 'apply']],
  ['plan', { target: 'x' }, ['init', 'survey', 'survey-show']],
  ['apply', { target: 'x' }, ['init', 'survey', 'survey-show', 'apply']],
  ['apply', { target: 'x', plan: plan(false) }, ['init', 'apply']],
] as const)('%s with %j is compiled to its steps', (action, more, steps) => {
  expect(keys(context(createSpec('terraform', { action }, more)))).toEqual(steps);
});

test('a saved plan is applied without `init` where the workspace needs none, and without any planning option', () => {
  const spec = createSpec('terraform', { action: 'apply' }, { plan: plan(false), variables: { a: '1' } });
  const [apply, ...rest] = terraform.compile(context(spec, { needsInit: false }));
  expect(rest).toEqual([]);
  expect(apply?.args).toEqual(['apply', '-input=false', '-json', 'tfplan']);
  expect(apply?.env).toMatchObject({ TF_VAR_a: '1' });
});

test.each([
  ['tofu', '1.12.6', ['-var-file=f', '-var=a=1']],
  ['tofu', '1.7.9', []],
  ['terraform', '1.11.4', []],
] as const)('%s %s is told the variables again beside its saved plan: %j', (name, version, told) => {
  const spec = createSpec('opentofu', { action: 'apply' }, { variables: { a: '1' }, varFiles: ['f'] });
  const steps = terraform.compile(context(spec, { tool: { name, shown: name, path: '/bin/x', version } }));
  expect(steps.at(-1)?.args).toEqual(['apply', '-input=false', '-json', ...told, 'tfplan']);
});

test('a destroy job does not apply a plan that was made without -destroy', () => {
  const spec = createSpec('terraform', { action: 'destroy' }, { plan: plan(false) });
  expect(() => terraform.compile(context(spec))).toThrow(expect.objectContaining({ code: 'TASK_OPTIONS' }));
});

test('only an apply is irreversible, and it is given until the deadline to end', () => {
  const steps = terraform.compile(context(createSpec('terraform', { action: 'apply' })));
  expect(steps.map(({ effect, graceMs, retries }) => [effect, graceMs, retries])).toEqual([
    ['read', 60_000, 2],
    ['read', 60_000, 1],
    ['read', 60_000, 1],
    ['irreversible', null, 0],
  ]);
  expect(steps.every(({ softSignal }) => softSignal === 'leader')).toBe(true);
});

test('`init` is alone on its host where a provider cache is shared', () => {
  const spec = createSpec('terraform', { action: 'plan' });
  const [init, planning] = terraform.compile(context(spec, { providerCache: '/cache' }));
  expect([init?.exclusive, planning?.exclusive]).toEqual([true, false]);
  expect(init?.env).toMatchObject({ TF_PLUGIN_CACHE_DIR: '/cache' });
  expect(terraform.compile(context(spec))[0]).toMatchObject({ exclusive: false });
});

test('a lock file that came with the source is not rewritten', () => {
  const spec = createSpec('terraform', { action: 'plan' });
  const [init] = terraform.compile(context(spec, { files: ['main.tf', '.terraform.lock.hcl'] }));
  expect(init?.args).toContain('-lockfile=readonly');
});

test('the log shows the command without the flags that are ours, quoted as a shell needs it', () => {
  const spec = createSpec(
    'terraform',
    { action: 'plan', destroy: true },
    {
      variables: { who: "it's me" },
      varFiles: ['prod.tfvars'],
    },
  );
  const shown = terraform.compile(context(spec)).map((step) => step.shown);
  expect(shown).toEqual([
    'terraform init',
    "terraform plan -out=tfplan -destroy -var-file=prod.tfvars '-var=who=it'\\''s me'",
    'terraform show tfplan',
  ]);
});

describe('options', () => {
  test.each([[{}], [{ action: 'taint' }], [{ action: 'apply', destroy: true }], [{ action: 'plan', extra: 1 }]])(
    '%j are refused',
    (options) => {
      const { task } = createSpec('terraform', options);
      expect(() => terraform.check(task)).toThrow(expect.objectContaining({ code: 'TASK_OPTIONS' }));
    },
  );

  test('a target that is no regular expression is refused before anything runs', () => {
    const invalid = expect.objectContaining({ code: 'TARGET_INVALID' });
    expect(() => terraform.check(createSpec('terraform', { action: 'plan', target: 'a[' }).task)).toThrow(invalid);
    expect(() => terraform.compile(context(createSpec('terraform', { action: 'plan' }, { target: 'a[' })))).toThrow(
      invalid,
    );
  });

  test.each([
    ['validate', 'read'],
    ['plan', 'read'],
    ['apply', 'irreversible'],
    ['destroy', 'irreversible'],
  ])('%s is %s', (action, effect) => {
    expect(terraform.effectOf(createSpec('opentofu', { action }).task)).toBe(effect);
  });
});

test('a read step is tried once more, `init` twice, and what writes the state never', () => {
  const survey = terraform.compile(context(createSpec('terraform', { action: 'apply' }, { target: 'x' })));
  const validate = terraform.compile(context(createSpec('terraform', { action: 'validate' })));
  const retries = [...survey, ...validate].map(({ key, effect, retries }) => [key, effect, retries]);
  expect(retries).toEqual([
    ['init', 'read', 2],
    ['survey', 'read', 1],
    ['survey-show', 'read', 1],
    ['apply', 'irreversible', 0],
    ['init', 'read', 2],
    ['validate', 'read', 1],
  ]);
});

test('each import is a step of its own, with the variables, and the address before the id', () => {
  const imports = Array.from({ length: 1000 }, (_, index) => ({ address: `a.b[${index}]`, id: `-id ${index}` }));
  const task = { variables: { a: '1' }, varFiles: ['f'], target: 'ignored' };
  const steps = terraform.compile(context(createSpec('terraform', { action: 'import', imports }, task)));
  expect(steps).toHaveLength(1001);
  expect(new Set(steps.map(({ key }) => key)).size).toBe(1001);
  expect(steps.at(-1)).toMatchObject({ key: 'import-1000', effect: 'irreversible', graceMs: null, retries: 0 });
  expect(steps[1]?.args).toEqual(['import', '-input=false', '-no-color', '-var-file=f', '-var=a=1', 'a.b[0]', '-id 0']);
  expect(steps[0]?.args).not.toContain('-backend=false');
});

const one = { address: 'a.b', id: 'x' };
test.each([
  ['without entries', { action: 'import' }],
  ['with an empty list', { action: 'import', imports: [] }],
  ['with more than a thousand', { action: 'import', imports: Array.from({ length: 1001 }, () => one) }],
  ['with an address that is a flag', { action: 'import', imports: [{ ...one, address: '-state=/x' }] }],
  ['with an empty id', { action: 'import', imports: [{ ...one, id: '' }] }],
  ['with a zero byte', { action: 'import', imports: [{ ...one, id: 'a\0b' }] }],
  ['beside another action', { action: 'apply', imports: [one] }],
])('imports are refused %s', (_, options) => {
  const { task } = createSpec('terraform', options);
  expect(() => terraform.check(task)).toThrow(expect.objectContaining({ code: 'TASK_OPTIONS' }));
});

test('an import locks the architecture as an apply does', () => {
  const { task } = createSpec('terraform', { action: 'import', imports: [one] });
  expect(terraform.effectOf(task)).toBe('irreversible');
});
