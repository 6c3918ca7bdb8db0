import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readStat } from '../../../src/io/process/proc.ts';
import { endOf, findSleepers, fixture, outputOf, until, untilReady, type LawContext } from './process-laws-context.ts';

const readCommand = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

/** Processes that have this among their arguments, whatever they are. */
const findMentions = (word: string): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && readCommand(name).split('\0').includes(word));

const readSignals = (dir: string): string => readFileSync(`${dir}/signals`, 'utf8');

/** In the weakest cage what leaves the session is out of reach: there the children stay in it. */
const toSession = ({ processes }: LawContext): string => (processes.cage === 'process group' ? '' : 'setsid');

/** What the process door does with steps that will not be stopped like others, in every cage. */
export const SIGNAL_LAWS: Record<string, (law: LawContext) => Promise<void>> = {
  'a tool answers the soft signal in its own way, and its own exit code is told': async (law) => {
    const script = `trap 'echo tidied; exit 42' INT; echo ready; while :; do sleep 0.02; done`;
    const spec = law.toSpec('sh', ['-c', script]);
    const step = await law.processes.start(spec);
    await untilReady(spec);
    await step.interrupt();
    assert.deepEqual(await endOf(step), { exitCode: 42, signal: null });
    assert.equal(outputOf(spec), 'ready\ntidied\n');
  },
  'a tool that ignores the soft signal runs on, is asked once, and ends by force alone': async (law) => {
    const seconds = law.createSleep();
    const spec = law.toSpec(fixture('ignores-sigint.sh'), [seconds], { softSignal: 'group' });
    const step = await law.processes.start(spec);
    await untilReady(spec);
    await step.interrupt();
    await step.interrupt();
    assert.equal(readSignals(spec.dir), 'INT group\n');
    assert.equal((await until('the child', () => findSleepers(seconds))).length, 1);
    await step.force();
    assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGKILL' });
    assert.deepEqual(findSleepers(seconds), []);
  },
  'a daemon that a tool leaves when it is interrupted ends with it': async (law) => {
    if (law.processes.cage === 'process group') return;
    const seconds = law.createSleep();
    const spec = law.toSpec(fixture('daemonises.sh'), [seconds, `sleep ${seconds}`], { softSignal: 'group' });
    const step = await law.processes.start(spec);
    await untilReady(spec);
    await step.interrupt();
    const end = await endOf(step);
    assert.equal(end.signal ?? end.exitCode, 'SIGINT');
    assert.deepEqual(findSleepers(seconds), []);
  },
  'what forks for ever is gone after a normal end': async (law) => {
    const seconds = law.createSleep();
    assert.equal((await law.run(fixture('trickles.sh'), [seconds, ':', toSession(law)])).exitCode, 7);
    assert.deepEqual(findMentions(seconds), []);
  },
  'what forks for ever is gone after force': async (law) => {
    const seconds = law.createSleep();
    const spec = law.toSpec(fixture('trickles.sh'), [seconds, `sleep ${seconds}`, toSession(law)]);
    const step = await law.processes.start(spec);
    await untilReady(spec);
    await step.force();
    assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGKILL' });
    assert.deepEqual(findMentions(seconds), []);
  },
  'a tool that stops itself is told as running, by an adopter too, until it is forced': async (law) => {
    const spec = law.toSpec('sh', ['-c', 'echo "ready $$"; kill -STOP $$; echo never']);
    const step = await law.processes.start(spec);
    await untilReady(spec);
    const stopped = () =>
      findMentions('echo "ready $$"; kill -STOP $$; echo never').some((pid) => readStat(Number(pid))?.state === 'T');
    await until('the stop', stopped);
    await step.interrupt();
    assert.equal(readSignals(spec.dir), 'INT leader\n');
    const adopted = await (await law.createOther()).adopt(spec.dir);
    const first = await Promise.race([adopted?.exited, step.exited, until('it still to be stopped', stopped)]);
    assert.equal(first, true);
    await step.force();
    assert.deepEqual(await endOf(step), { exitCode: null, signal: 'SIGKILL' });
    assert.equal((await adopted?.exited)?.signal, 'SIGKILL');
    assert.match(outputOf(spec), /^ready \d+\n$/);
  },
  'a tool that kills its supervisor is told as an end that nobody knows, or cannot do it in a namespace': async (
    law,
  ) => {
    const seconds = law.createSleep();
    // setsid runs in place, so the tool's parent is the supervisor.
    const script = `kill -KILL $PPID; sleep 0.05; [ "$(readlink /proc/self/ns/pid)" = "$0" ] || exit 5; exec sleep ${seconds}`;
    const step = await law.start('sh', ['-c', script, readlinkSync('/proc/self/ns/pid')]);
    const end = await endOf(step);
    // What lives on without a supervisor is found by nobody; the test ends what it started.
    if (!law.processes.hasMounts)
      for (const pid of await until('the tool', () => findSleepers(seconds))) process.kill(pid, 'SIGKILL');
    assert.deepEqual(end, { exitCode: law.processes.hasMounts ? 5 : null, signal: null });
  },
};
