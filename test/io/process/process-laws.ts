import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAlive, readStat } from '../../../src/io/process/proc.ts';
import {
  clock,
  endOf,
  findSleepers,
  fixture,
  isNotStarted,
  outputOf,
  until,
  untilReady,
  type LawContext,
} from './process-laws-context.ts';

/** What the process door promises in every cage, each by real processes. */
export const LAWS: Record<string, (law: LawContext) => Promise<void>> = {
  'the exit code is the tool’s own, and its output is in the order written': async ({ run }) => {
    const { exitCode, signal, output } = await run('sh', ['-c', 'echo one; echo two >&2; echo three; exit 7']);
    assert.deepEqual({ exitCode, signal, output }, { exitCode: 7, signal: null, output: 'one\ntwo\nthree\n' });
    assert.equal((await run('sh', ['-c', 'exit 255'])).exitCode, 255);
    assert.equal((await run('sh', ['-c', 'exit 200'])).exitCode, 200);
  },
  'standard error asked for apart goes to a file of its own': async ({ run }) => {
    const { output, dir } = await run('sh', ['-c', 'echo out; echo err >&2'], { stderr: 'apart' });
    assert.deepEqual([output, readFileSync(`${dir}/stderr`, 'utf8')], ['out\n', 'err\n']);
  },
  'a tool that died of a signal is told with the signal': async ({ run }) => {
    for (const name of ['KILL', 'TERM', 'ABRT']) {
      const { exitCode, signal } = await run('sh', ['-c', `ulimit -c 0; kill -${name} $$`]);
      assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: `SIG${name}` });
    }
  },
  'a missing program is exit code 127, under an exclusive lock too': async ({ run, base }) => {
    assert.equal((await run('no-such-program', [])).exitCode, 127);
    assert.equal((await run('no-such-program', [], { exclusive: `${base}/exclusive` })).exitCode, 127);
  },
  'arguments, odd paths and odd directories arrive as they are': async ({ run, base, makeDirectory }) => {
    const cwd = makeDirectory('a b=c');
    writeFileSync(`${cwd}/tool`, '#!/bin/sh\npwd; printf "<%s>" "$@"\n', { mode: 0o755 });
    const args = ['', 'a b', '$HOME', '--', '-x', 'two\nlines', "it's"];
    const { output } = await run(`${cwd}/tool`, args, { cwd });
    assert.equal(output, `${base}/a b=c\n${args.map((arg) => `<${arg}>`).join('')}`);
  },
  'the environment is what was given, and PWD': async ({ run, base }) => {
    const env = { PATH: '/usr/bin:/bin', dir: 'x', code: '1', EMPTY: '', MULTI: 'two\nlines', QUOTED: `"'$HOME\\` };
    const { output } = await run('env', ['-0'], { env });
    const seen = Object.fromEntries(
      output
        .split('\0')
        .filter(Boolean)
        .map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
    );
    assert.deepEqual(seen, { ...env, PWD: base });
  },
  'a step inherits no descriptor of the supervisor': async ({ run }) => {
    const { output } = await run('sh', [
      '-c',
      'for fd in 3 4 5 6 7 8 9; do [ -e "/proc/$$/fd/$fd" ] && echo $fd; done; true',
    ]);
    assert.equal(output, '');
  },
  'a step is started once: a second start in its directory is refused': async ({ processes, toSpec }) => {
    const spec = toSpec('echo', ['once']);
    const step = await processes.start(spec);
    await assert.rejects(processes.start(spec), isNotStarted);
    await step.exited;
    await assert.rejects(processes.start(spec), isNotStarted);
    assert.equal(outputOf(spec), 'once\n');
  },
  'a missing working directory is a step that did not start': async ({ start, base }) => {
    await assert.rejects(start('true', [], { cwd: `${base}/nowhere` }), isNotStarted);
  },
  'at most one soft signal reaches the tool, however often and by however many it is asked for': async (law) => {
    const spec = law.toSpec(fixture('counts-sigints.sh'), [`${law.base}/enough`]);
    const step = await law.processes.start(spec);
    await untilReady(spec);
    const others = await Promise.all([law.createOther(), law.createOther()]);
    const adopted = await Promise.all(others.map((other) => other.adopt(spec.dir)));
    const all = [step, ...adopted].flatMap((one) => [one, one, one]);
    await Promise.all(all.map((one) => one?.interrupt()));
    await until('the signal to arrive', () => outputOf(spec).includes('SIGINT'));
    await Promise.all(all.map((one) => one?.interrupt()));
    writeFileSync(`${law.base}/enough`, '');
    assert.deepEqual(await endOf(step), { exitCode: 0, signal: null });
    for (const one of adopted) assert.equal((await one?.exited)?.exitCode, 0);
    assert.equal(outputOf(spec), 'ready\nSIGINT 1\n');
    assert.equal(readFileSync(`${spec.dir}/signals`, 'utf8'), 'INT leader\n');
    await step.interrupt();
  },
  'the soft signal goes to the leader alone, or to its group where asked': async (law) => {
    for (const softSignal of ['leader', 'group'] as const) {
      const spec = law.toSpec(fixture('has-child.sh'), [`${law.base}/${softSignal}`], { softSignal });
      const step = await law.processes.start(spec);
      await untilReady(spec);
      await step.interrupt();
      await until('the leader', () => outputOf(spec).includes('leader'));
      if (softSignal === 'group') await until('the child', () => outputOf(spec).includes('child'));
      writeFileSync(`${law.base}/${softSignal}`, '');
      await step.exited;
      assert.equal(outputOf(spec).includes('child'), softSignal === 'group');
    }
  },
  'an interrupt that comes before the tool started means that it never starts': async ({ toSpec, processes, base }) => {
    const spec = toSpec('touch', [`${base}/started`]);
    // The supervisor waits for its lock as long as somebody else has it.
    mkdirSync(spec.dir);
    const holder = spawn('flock', [`${spec.dir}/lock`, 'sh', '-c', 'echo held; read line'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const step = await processes.start(spec);
    const asked = step.interrupt();
    holder.stdin.end();
    await asked;
    assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGINT' });
    assert.equal(existsSync(`${base}/started`), false);
  },
  'an interrupt at any instant of the start is never lost': async ({ toSpec, processes, createSleep }) => {
    const seconds = createSleep();
    for (let afterMs = 0; afterMs < 24; afterMs++) {
      const step = await processes.start(toSpec('sleep', [seconds], { softSignal: afterMs % 2 ? 'leader' : 'group' }));
      await clock.wait(afterMs);
      await step.interrupt();
      assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGINT' });
    }
    assert.deepEqual(findSleepers(seconds), []);
  },
  'a step that signals its own process group does not reach the supervisor': async ({ run }) => {
    const { exitCode, signal } = await run('sh', ['-c', 'kill -HUP 0; kill -TERM 0; kill -KILL 0']);
    assert.deepEqual([exitCode, signal === null], [signal === null ? 129 : null, signal === null]);
  },
  'no descendant is left after a normal end': async ({ run, createSleep, processes }) => {
    const seconds = createSleep();
    // Where only the process group holds a step together, daemons leave it.
    const isWeak = processes.cage === 'process group';
    const { exitCode } = isWeak
      ? await run('sh', ['-c', `sleep ${seconds} & exit 7`])
      : await run(fixture('daemonises.sh'), [seconds]);
    assert.equal(exitCode, 7);
    assert.deepEqual(findSleepers(seconds), []);
  },
  'no descendant is left after force, and it is told as SIGKILL to whoever asks': async (law) => {
    const seconds = law.createSleep();
    const isWeak = law.processes.cage === 'process group';
    const spec = isWeak
      ? law.toSpec(fixture('ignores-sigint.sh'), [seconds])
      : law.toSpec(fixture('daemonises.sh'), [seconds, `sleep ${seconds}`]);
    const step = await law.processes.start(spec);
    await untilReady(spec);
    const adopted = await (await law.createOther()).adopt(spec.dir);
    await step.force();
    assert.deepEqual(findSleepers(seconds), []);
    assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGKILL' });
    assert.equal((await adopted?.exited)?.signal, 'SIGKILL');
    const later = await (await law.createOther()).adopt(spec.dir);
    assert.equal((await later?.exited)?.signal, 'SIGKILL');
    await step.force();
  },
  'force at any instant of the start leaves nothing': async ({ toSpec, processes, createSleep }) => {
    const seconds = createSleep();
    for (let afterMs = 0; afterMs < 12; afterMs++) {
      const step = await processes.start(toSpec('sleep', [seconds]));
      await clock.wait(afterMs);
      await step.force();
      assert.equal((await step.exited).signal, 'SIGKILL');
      assert.deepEqual(findSleepers(seconds), []);
    }
  },
  'a supervisor that was killed leaves an end that nobody knows, and no process in a namespace': async (law) => {
    const seconds = law.createSleep();
    const spec = law.toSpec('sleep', [seconds]);
    const step = await law.processes.start(spec);
    await until('the step to run', () => findSleepers(seconds).length === 1);
    process.kill(step.pid, 'SIGKILL');
    if (law.processes.hasMounts) await until('the namespace to end', () => findSleepers(seconds).length === 0);
    // Elsewhere the step lives on without a supervisor; the test ends what it started.
    else for (const pid of findSleepers(seconds)) process.kill(pid, 'SIGKILL');
    const end = await endOf(step);
    if (law.processes.cage !== 'subreaper') assert.deepEqual(end, { exitCode: null, signal: null });
  },
  'a started step survives kill -9 of its starter, and a second process gets all of it once': async (law) => {
    const spec = law.toSpec(fixture('prints-slowly.sh'), ['25']);
    const args = [fixture('starts-step.ts'), JSON.stringify(spec), law.processes.cage];
    const starter = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => starter.once('exit', resolve));
    const pid = Number(await new Promise((resolve) => starter.stdout.once('data', (data) => resolve(String(data)))));
    await until('the first lines', () => outputOf(spec).includes('line 2'));
    starter.kill('SIGKILL');
    await ended;
    const step = await law.processes.adopt(spec.dir);
    assert.equal(step?.pid, pid);
    assert.equal(outputOf(spec).includes('line 25'), false);
    let times = 0;
    await step?.exited.then(() => times++);
    assert.deepEqual(step && (await endOf(step)), { exitCode: 3, signal: null });
    assert.equal(times, 1);
    assert.equal(outputOf(spec), Array.from({ length: 25 }, (_, index) => `line ${index + 1}\n`).join(''));
    assert.equal((await (await law.processes.adopt(spec.dir))?.exited)?.exitCode, 3);
  },
  'a step that never started is adopted as null, and may then be started': async ({ processes, toSpec }) => {
    const spec = toSpec('echo', ['now']);
    assert.equal(await processes.adopt(spec.dir), null);
    // What a crash between the first file and the supervisor leaves behind.
    mkdirSync(spec.dir, { recursive: true });
    for (const name of ['exit', 'lock', 'output']) writeFileSync(`${spec.dir}/${name}`, '');
    assert.equal(await processes.adopt(spec.dir), null);
    assert.deepEqual(await endOf(await processes.start(spec)), { exitCode: 0, signal: null });
    assert.equal(outputOf(spec), 'now\n');
  },
  'a process that was given a step’s old pid is never signalled': async ({ processes, makeDirectory }) => {
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const pid = stranger.pid ?? 0;
    const stat = readStat(pid);
    const dir = makeDirectory('recycled');
    const kind = processes.hasMounts ? 'namespace' : 'group';
    for (const name of ['exit', 'lock']) writeFileSync(`${dir}/${name}`, '');
    writeFileSync(`${dir}/pid`, `${kind} ${pid} 1 ${pid} 1\n`);
    const step = await processes.adopt(dir);
    await step?.interrupt();
    await step?.force();
    assert.deepEqual(step && (await endOf(step)), { exitCode: null, signal: null });
    assert.equal(stat !== null && isAlive(stat), true);
    stranger.kill();
  },
  'an exclusive lock lets one command run at a time': async ({ run, base }) => {
    const script = `mkdir ${base}/busy && sleep 0.03 && rmdir ${base}/busy`;
    const runs = Array.from({ length: 5 }, () => run('sh', ['-c', script], { exclusive: `${base}/exclusive` }));
    for (const { exitCode, output } of await Promise.all(runs)) assert.deepEqual([exitCode, output], [0, '']);
  },
  'a step sees its workspace under the fixed path': async ({ run, fixedPath: to, makeDirectory }) => {
    const from = makeDirectory('workspace/module');
    writeFileSync(`${from}/file`, 'content');
    const mount = { from: from.replace(/\/module$/, ''), to };
    const { output } = await run('sh', ['-c', 'pwd; echo "$PWD"; cat file; cat "$PWD/file"; echo new >made'], {
      mount,
      cwd: `${to}/module`,
    });
    assert.equal(output, `${to}/module\n${to}/module\ncontentcontent`);
    assert.equal(readFileSync(`${from}/made`, 'utf8'), 'new\n');
  },
  'two steps with one fixed path each see their own workspace, or the second is refused': async (law) => {
    const mountOf = (name: string) => ({ from: law.makeDirectory(name), to: law.fixedPath });
    const args = ['-c', 'echo ready; while [ ! -e go ]; do sleep 0.02; done; cat go'];
    const first = law.toSpec('sh', args, { mount: mountOf('one'), cwd: law.fixedPath });
    const second = law.toSpec('sh', args, { mount: mountOf('two'), cwd: law.fixedPath });
    const steps = [await law.processes.start(first)];
    await untilReady(first);
    if (law.processes.hasMounts) steps.push(await law.processes.start(second));
    else await assert.rejects(law.processes.start(second), isNotStarted);
    for (const name of ['one', 'two']) {
      // Whole from its first instant: a step looks for it all the time.
      writeFileSync(`${law.base}/${name}/goes`, name);
      renameSync(`${law.base}/${name}/goes`, `${law.base}/${name}/go`);
    }
    for (const step of steps) await step.exited;
    assert.equal(outputOf(first), 'ready\none');
    if (!law.processes.hasMounts) steps.push(await law.processes.start(second));
    await steps[1]?.exited;
    assert.equal(outputOf(second), 'ready\ntwo');
  },
  'what is hidden is not there for the step, while its output and end still arrive': async (law) => {
    if (!law.processes.hasMounts) return;
    const stateDirectory = law.makeDirectory('state #1');
    writeFileSync(`${stateDirectory}/secrets.json`, 'secret');
    writeFileSync(`${law.base}/config.yaml`, 'token');
    const dir = `${stateDirectory}/job/steps/0`;
    const hide = [stateDirectory, `${law.base}/config.yaml`, `${law.base}/not-there`, `${stateDirectory}/secrets.json`];
    const mount = { from: law.makeDirectory('state #1/workspace'), to: law.fixedPath };
    const look =
      'ls -A "$0"; cat "$1"; touch "$0/new" 2>/dev/null || echo sealed; umount "$0" 2>/dev/null; [ "$(id -u)" = 0 ] || ls -A "$0"; pwd; exit 5';
    const { output, exitCode } = await law.run('sh', ['-c', look, ...hide], { dir, hide, mount, cwd: law.fixedPath });
    assert.deepEqual([output, exitCode], [`sealed\n${law.fixedPath}\n`, 5]);
    assert.equal(readFileSync(`${stateDirectory}/secrets.json`, 'utf8'), 'secret');
  },
};
