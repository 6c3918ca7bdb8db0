import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fixture, outputOf, untilReady, type LawContext } from './process-laws-context.ts';
import { canReadMemory, readReach, toSnoop, type Reach } from '../../helpers/snoop.ts';

const MARKS = {
  own: 'mark-of-the-own-secret-51d0',
  token: 'mark-of-the-runner-token-77ab',
  job: 'mark-of-another-jobs-secret-90c4',
  output: 'mark-of-another-jobs-output-1f2e',
  source: 'mark-of-another-jobs-source-a3b8',
  configuration: 'mark-of-the-configuration-66e1',
};
const ALL = Object.keys(MARKS).sort();

/** What lies on a host while two jobs run, and a snoop as the step of one of them. */
const snoop = async (law: LawContext): Promise<Reach> => {
  const { base } = law;
  const [state, work] = [law.makeDirectory('state'), law.makeDirectory('work')];
  const toDir = (job: string) => `${state}/jobs/${job}/steps/0`;
  for (const job of ['mine', 'other']) {
    mkdirSync(`${work}/${job}`);
    mkdirSync(`${state}/jobs/${job}/steps`, { recursive: true });
    writeFileSync(`${state}/jobs/${job}/secrets.json`, job === 'mine' ? MARKS.own : MARKS.job, { mode: 0o600 });
  }
  writeFileSync(`${state}/runner.json`, MARKS.token);
  writeFileSync(`${base}/config.yaml`, MARKS.configuration);
  writeFileSync(`${work}/other/main.tf`, MARKS.source);
  const hide = [state, `${base}/config.yaml`, work];
  const other = law.toSpec(
    'sh',
    ['-c', `echo ${MARKS.output}; exec "$0" "$1" "$2"`, fixture('holds.sh'), `${work}/other/main.tf`, `${work}/over`],
    {
      dir: toDir('other'),
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', TF_VAR_password: MARKS.job },
    },
  );
  // As one that was started with the token in its environment, and is of the same user.
  const runner = spawn(fixture('holds.sh'), [`${base}/config.yaml`, `${work}/over`], {
    env: { ...other.env, TF_VAR_password: '', RUNNER_TOKEN: MARKS.token },
  });
  const ended = new Promise((resolve) => runner.once('exit', resolve));
  const step = await law.processes.start(other);
  await untilReady(other);
  await new Promise((resolve) => runner.stdout.once('data', resolve));
  const mine = law.toSpec(process.execPath, toSnoop({ marks: MARKS, paths: hide, pids: [runner.pid ?? 0, step.pid] }), {
    dir: toDir('mine'),
    cwd: law.fixedPath,
    mount: { from: `${work}/mine`, to: law.fixedPath },
    hide,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', TF_VAR_own: MARKS.own },
  });
  await (
    await law.processes.start(mine)
  ).exited;
  writeFileSync(`${work}/over`, '');
  await Promise.all([step.exited, ended]);
  return readReach(outputOf(mine));
};

/** What each cage keeps from a hostile step, and what not: docs/security.md says the same in words. */
export const TRUST_LAWS: Record<string, (law: LawContext) => Promise<void>> = {
  'a hostile step reaches what its cage does not keep, and nothing else': async (law) => {
    const isRoot = process.getuid?.() === 0;
    const kept: Reach = {
      environment: ['own'],
      // That of its own supervisor, which has more rights than an ordinary user.
      environ: isRoot ? ['own'] : [],
      cmdline: [],
      memory: [],
      descriptors: [],
      directories: [],
      root: [],
      signals: false,
      files: [],
      nested: [],
      // Root takes the covers off.
      unmounted: isRoot ? ALL : [],
    };
    const open: Reach = {
      environment: ['own'],
      environ: ['job', 'own', 'token'],
      cmdline: ['output'],
      memory: canReadMemory ? ['job', 'output', 'token'] : [],
      descriptors: ['configuration', 'output'],
      directories: ['configuration'],
      root: ALL,
      signals: true,
      files: ALL,
      nested: ALL,
      unmounted: ALL,
    };
    assert.deepEqual(await snoop(law), law.processes.hasMounts ? kept : open);
  },
};
