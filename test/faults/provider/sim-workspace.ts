import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTempDir } from '../../helpers/temp-dir.ts';
import { readCloud } from '../cloud/cloud.ts';
import { startProvider, type StartedProvider } from './start-provider.ts';

export interface Run {
  code: number | null;
  output: string;
}
export interface Started {
  process: ChildProcess;
  ended: Promise<Run>;
}
interface Recorded {
  name: string;
  status?: 'tainted';
  attributes: { id: string; name: string; content: string };
}
type Arguments = Record<string, string | number>;

export interface SimWorkspaceOptions {
  /** Uses the cloud and the provider of this one. */
  beside?: { cloudDir: string; provider: StartedProvider };
  /** What starts the tool, with its arguments. */
  prefix?: readonly string[];
}

/** A folder with a `main.tf`, a cloud and a provider of its own for the running test; the tool is initialised. */
export const createSimWorkspace = async (tool: string, { beside, prefix = [] }: SimWorkspaceOptions = {}) => {
  const root = createTempDir();
  const cwd = join(root, 'work');
  const cloudDir = beside?.cloudDir ?? join(root, 'cloud');
  mkdirSync(cwd);
  const provider = beside?.provider ?? (await startProvider(cloudDir));
  if (beside === undefined) onTestFinished(() => provider.stop());
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const env = { PATH, HOME, TMPDIR, TF_REATTACH_PROVIDERS: provider.reattach, CHECKPOINT_DISABLE: '1', TF_INPUT: '0' };

  const start = (...args: string[]): Started => {
    const [program = tool, ...rest] = [...prefix, tool, ...args];
    const child = spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => texts.push(text));
    const ended = once(child, 'close').then(([code]) => ({ code, output: texts.join('') }));
    return { process: child, ended };
  };
  const run = (...args: string[]): Promise<Run> => start(...args, '-no-color').ended;
  /** Resources by their names in Terraform → their arguments; `more` stands behind them. */
  const write = (resources: Record<string, Arguments>, more = ''): void => {
    const blocks = Object.entries(resources).map(([name, given]) => {
      const lines = Object.entries(given).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`);
      return `resource "sim_object" "${name}" {\n${lines.join('\n')}\n}\n`;
    });
    const head = 'terraform {\n  required_providers {\n    sim = { source = "signalbox/sim" }\n  }\n}\n';
    writeFileSync(join(cwd, 'main.tf'), [head, ...blocks, more].join('\n'));
  };
  /** What the state holds, in the order of its file; nothing where there is none, or it was never written to. */
  const recorded = (): Pick<Recorded, 'name' | 'status' | 'attributes'>[] => {
    let text = '';
    try {
      text = readFileSync(join(cwd, 'terraform.tfstate'), 'utf8');
    } catch {
      // Then there is no state.
    }
    const { resources = [] } = text === '' ? {} : JSON.parse(text);
    return resources.flatMap(({ name, instances }: { name: string; instances: object[] }) =>
      instances.map((instance) => ({ name, ...instance })),
    );
  };
  /** The actions of a plan, by the resource's name. */
  const plan = async (): Promise<Record<string, string[]>> => {
    const { code, output } = await run('plan', '-out=planned');
    if (code !== 0) throw new Error(output);
    const shown = await start('show', '-json', 'planned').ended;
    const { resource_changes: changes = [] } = JSON.parse(shown.output);
    return Object.fromEntries(
      changes.map(({ name, change }: { name: string; change: { actions: string[] } }) => [name, change.actions]),
    );
  };

  write({});
  const { code, output } = await run('init');
  if (code !== 0) throw new Error(output);
  return {
    cloudDir,
    provider,
    write,
    start,
    run,
    plan,
    recorded,
    apply: (): Promise<Run> => run('apply', '-auto-approve'),
    cloud: () => readCloud(cloudDir),
    /** The calls but the reads, in words. */
    calls: (): string[] =>
      readCloud(cloudDir)
        .calls.filter(({ call }) => call !== 'read')
        .map(({ call, moment, name }) => `${call} ${name} ${moment}`),
  };
};
