import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runToEnd } from './child.ts';
import type { TaskInput } from './system.ts';

const TRIVIAL = 'resource "terraform_data" "one" {\n  input = "one"\n}\n';

/** The trivial architecture: one resource, no provider to fetch. */
export const writeTrivialModule = (directory: string): string => {
  const dir = join(directory, 'trivial');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'main.tf'), TRIVIAL);
  return dir;
};

/** Plan, then apply of that plan. */
export const toStages = (options: { requireApproval: boolean }): TaskInput[][] => [
  [{ key: 'plan', options: { action: 'plan' } }],
  [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan', ...options }],
];

const INIT = 'terraform init -input=false -no-color > init.log';
const PLAN = 'terraform plan -input=false -no-color -out=tfplan > plan.log && terraform show -json tfplan > plan.json';
const APPLY = 'terraform apply -input=false -no-color tfplan > apply.log';

/** The same commands as a person types them, in a fresh copy of the module. */
export const createByHand = (module: string, directory: string, env: Readonly<Record<string, string>> = {}) => {
  let count = 0;
  const run = (dir: string, commands: string) => runToEnd('sh', ['-c', commands], dir, env);
  const copy = (): string => {
    const dir = join(directory, `by-hand-${basename(module)}-${++count}`);
    cpSync(module, dir, { recursive: true });
    return dir;
  };
  return {
    copy,
    plan: (dir: string) => run(dir, `${INIT} && ${PLAN}`),
    apply: (dir: string) => run(dir, `${INIT} && ${APPLY}`),
  };
};
