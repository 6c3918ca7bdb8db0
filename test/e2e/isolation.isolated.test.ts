import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { createJobFiles } from '../../src/io/disk/job-files.ts';
import type { Cage } from '../../src/io/process/process.ts';
import { createProcesses } from '../../src/io/process/processes.ts';
import { AS_NOBODY, canBecomeNobody, ordinaryUser } from '../helpers/ordinary-user.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';
import { isThorough } from '../helpers/thorough.ts';
import { canReadMemory, readReach, toSnoop, type Reach } from '../helpers/snoop.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-isolation-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Host {
  /** Of the runner. */
  pid: number;
  token: string;
  state: string;
  work: string;
  config: string;
}

/** Two jobs run on one runner; the second is hostile. What it reached, and what it was after. */
const snoop = async ({ pid, token, state, work, config }: Host): Promise<Reach> => {
  const marks = {
    own: 'own-secret-of-the-snoop-3e0b',
    secret: 'secret-of-the-other-job-8a57',
    source: 'source-of-the-other-job-14cd',
    output: 'output-of-the-other-job-b960',
  };
  const run = async (name: string, script: string, value: string) => {
    const architecture = await box.createArchitecture('script');
    const dir = writeModule(join(directory, name), { 'note.txt': name === 'victim' ? marks.source : 'nothing' });
    return box.start(architecture, dir, [[{ key: name, options: { script } }]], {
      secrets: [{ name: 'PASSWORD', as: 'environment', value }],
    });
  };
  const over = join(directory, 'over');
  // The mark is put together by the shell, so that its command line does not hold it.
  const said = `printf 'output-of-the-%s\\n' other-job-b960; while [ ! -e ${over} ]; do sleep 0.05; done`;
  const victim = await run('victim', said, marks.secret);
  const attempt = (await box.until(victim, ({ jobs }) => (jobs[0]?.attempt ?? null) !== null)).jobs[0]?.attempt ?? '';
  const output = join(state, 'jobs', attempt, 'steps', '0.0', 'output');
  const readOutput = (): string => {
    try {
      return readFileSync(output, 'utf8');
    } catch {
      return '';
    }
  };
  await expect.poll(readOutput, { timeout: 20_000 }).toContain(marks.output);
  const kept = await createJobFiles(state).at(attempt).readSecrets();
  const all = {
    ...marks,
    token,
    jobToken: kept?.jobToken ?? 'none',
    operator: box.controlPlane.operatorToken,
    configuration: 'something-of-the-configuration-71fe',
  };
  const paths = [state, work, config, join(directory, 'data', 'private'), '/tmp/signalbox/work'];
  const [program = '', order = ''] = toSnoop({ marks: all, paths, pids: [pid] });
  const script = `exec '${process.execPath}' '${program}' '${order}'`;
  const view = await box.finish(await run('hostile', script, marks.own));
  const log = await box.log(view.jobs[0] ?? { id: '' });
  writeFileSync(over, '');
  expect((await box.finish(victim)).status).toBe('succeeded');
  for (const value of Object.values(all)) expect(log).not.toContain(value);
  return readReach(log);
};

/** In a cage with mounts: nothing but what is its own. */
const KEPT = { cmdline: [], memory: [], descriptors: [], directories: [], root: [], files: [], nested: [] };
const ON_DISK = ['configuration', 'jobToken', 'operator', 'output', 'own', 'secret', 'source'];

const allowed = new Set<Cage>();
for (const cage of ['namespaces', 'user namespaces', 'subreaper', 'process group'] as const) {
  await createProcesses({ clock: createClock(), cage }).then(
    () => allowed.add(cage),
    () => {},
  );
}

/** The strongest and the weakest say most; the laws of the process door look at each. */
const CHOSEN = [...allowed].filter((_, index, all) => isThorough || index === 0 || index === all.length - 1);

describe.each(CHOSEN)('in the cage “%s”, a hostile job', (cage) => {
  it('reaches exactly what the docs say', async () => {
    const config = join(directory, 'config.yaml');
    writeFileSync(config, '# something-of-the-configuration-71fe\n');
    const { token } = await box.createToken();
    const [state, work] = [join(directory, 'runner', 'state'), join(directory, 'runner', 'work')];
    const hidden = [state, config, join(directory, 'data', 'private')];
    const runner = await box.spawnRunner({ token, cage, hidden, stateDirectory: state, temporaryDirectory: work });
    const { pid = 0 } = runner.process;
    const reach = await snoop({ pid, token, state, work, config });

    const hasMounts = cage.endsWith('namespaces');
    // No token in any cage: neither in an environment nor in a command line.
    expect(reach.environment).toEqual(['own']);
    expect(reach.environ).toEqual(hasMounts ? (isRoot ? ['own'] : []) : ['own', 'secret']);
    if (hasMounts) expect(reach).toMatchObject({ ...KEPT, signals: false, unmounted: isRoot ? ON_DISK : [] });
    else {
      expect(reach).toMatchObject({ cmdline: [], files: ON_DISK, root: ON_DISK, unmounted: ON_DISK, signals: true });
      // The runner has read them, so its memory holds them.
      for (const name of ['jobToken', 'secret', 'token']) expect(reach.memory.includes(name)).toBe(canReadMemory);
      for (const name of ['jobToken', 'operator', 'token']) expect(reach.descriptors).not.toContain(name);
    }
  });
});

describe.runIf(canBecomeNobody && allowed.has('user namespaces'))('a runner of an ordinary user', () => {
  it('with its token in the environment keeps everything from a hostile job', async () => {
    const home = join(directory, 'home');
    mkdirSync(home);
    chmodSync(directory, 0o755);
    chownSync(home, ordinaryUser.uid ?? 0, ordinaryUser.gid ?? 0);
    const config = join(home, 'config.yaml');
    const [state, work] = [join(home, 'state'), join(home, 'work')];
    const text = `# something-of-the-configuration-71fe\nrunner: { state_dir: ${state}, temporary_dir: ${work}, cache_dir: ${home}/cache }\n`;
    writeFileSync(config, `${text}policy: { scripts: true }\napi: { endpoint: "${box.controlPlane.url}" }\n`);
    const { token } = await box.createToken();
    const program = [process.execPath, MAIN, 'runner', '--no-metrics', '--config', config];
    const runner = spawn('setpriv', [...AS_NOBODY, ...program], {
      cwd: home,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, RUNNER_TOKEN: token },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    runner.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()));
    const ended = new Promise((resolve) => runner.once('close', resolve));
    try {
      const reach = await snoop({ pid: runner.pid ?? 0, token, state, work, config });
      expect(reach).toEqual({ ...KEPT, environment: ['own'], environ: [], signals: false, unmounted: [] });
      expect(log.split('\n')[0]).toContain('"cage":"user namespaces"');
    } finally {
      runner.kill('SIGKILL');
      await ended;
    }
  });
});
