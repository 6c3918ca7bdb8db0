import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cage } from '../../../src/io/process/process.ts';
import { createProcesses } from '../../../src/io/process/processes.ts';
import { clock, createLawContext, endOf, outputOf, until } from './process-laws-context.ts';
import { ALL_LAWS } from './all-laws.ts';
import { AS_NOBODY, canBecomeNobody } from '../../helpers/ordinary-user.ts';

const CAGES: Cage[] = ['namespaces', 'user namespaces', 'subreaper', 'process group'];
const isAllowed = (cage: Cage) =>
  createProcesses({ clock, cage }).then(
    () => true,
    () => false,
  );

const allowed = new Map<Cage, boolean>();
for (const cage of CAGES) allowed.set(cage, await isAllowed(cage));

describe('the strongest cage that the host allows', () => {
  it('is taken', async () => {
    const { cage, hasMounts } = await createProcesses({ clock });
    expect(cage).toBe(CAGES.find((one) => allowed.get(one)));
    expect(hasMounts).toBe(cage.endsWith('namespaces'));
  });
  it('is never one that was not asked for', async () => {
    await expect(createProcesses({ clock, cage: 'no such cage' as Cage })).rejects.toMatchObject({
      code: 'HOST_LACKS',
    });
  });
});

describe.each(CAGES)('in the cage “%s”', (cage) => {
  for (const [title, law] of Object.entries(ALL_LAWS)) {
    it.runIf(allowed.get(cage))(title, { timeout: 40_000 }, async () => {
      const context = await createLawContext(cage);
      try {
        await law(context);
      } finally {
        context.dispose();
      }
    });
  }
});

/** The same laws by an ordinary user, in a process of that user. */
describe.each(CAGES.slice(1))('as an ordinary user, in the cage “%s”', (cage) => {
  let results: Record<string, string | null> = {};
  beforeAll(async () => {
    if (!canBecomeNobody) return;
    const main = new URL('./process-laws-main.ts', import.meta.url).pathname;
    const args = [...AS_NOBODY, process.execPath, main, cage];
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp' };
    results = JSON.parse((await promisify(execFile)('setpriv', args, { env, cwd: '/' })).stdout);
  }, 120_000);
  for (const title of Object.keys(ALL_LAWS)) {
    it.runIf(canBecomeNobody && allowed.get(cage))(title, () => {
      expect(results).toHaveProperty([title], null);
    });
  }
});

const terraform = ['/usr/local/bin/terraform', '/usr/bin/terraform'].find((path) => existsSync(path));

describe.runIf(terraform)('a real apply', () => {
  const directory = mkdtempSync('/tmp/signalbox-apply-');
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: directory, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  beforeAll(() => {
    chmodSync(directory, 0o755);
    writeFileSync(
      `${directory}/main.tf`,
      `resource "terraform_data" "first" {}
       resource "terraform_data" "slow" {
         depends_on = [terraform_data.first]
         provisioner "local-exec" { command = "echo slowly; sleep 600" }
       }`,
    );
    execFileSync(terraform ?? '', ['init', '-input=false'], { cwd: directory, env });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(
    'that is interrupted once ends gracefully, with exit code 1 and its state written',
    { timeout: 40_000 },
    async () => {
      const context = await createLawContext(CAGES.find((one) => allowed.get(one)) ?? 'process group');
      const args = ['apply', '-input=false', '-auto-approve', '-no-color'];
      const spec = context.toSpec(terraform ?? '', args, { cwd: directory, env });
      const step = await context.processes.start(spec);
      await until('the provisioner', () => outputOf(spec).includes('slowly'));
      await Promise.all([step.interrupt(), step.interrupt()]);
      expect(await endOf(step)).toEqual({ exitCode: 1, signal: null });
      expect(outputOf(spec)).toContain('Interrupt received');
      expect(outputOf(spec)).not.toContain('Two interrupts received');
      const state = JSON.parse(readFileSync(`${directory}/terraform.tfstate`, 'utf8')) as {
        resources: { name: string }[];
      };
      expect(state.resources.map(({ name }) => name)).toEqual(['first', 'slow']);
      context.dispose();
    },
  );
});
