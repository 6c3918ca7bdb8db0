import { fromCallback } from 'xstate';
import type { RunningProcess } from '../io/process/process.ts';
import type { ProcessCommand, ProcessFact, ProcessInput } from '../machines/step.machine.ts';
import { SignalboxError, toReason } from '../protocol/errors.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { isDiskFull, toDiskFull } from './disk-full.ts';
import { openStep } from './open-step.ts';
import type { World } from './world.ts';

/** Between two looks whether there is room again. */
const ROOM_MS = 1000;

/**
 * Starts a step's process, or adopts the one of an earlier life, and tells what becomes of it. When it is stopped itself, the
 * process runs on: its supervisor belongs to nobody (architecture.md D2).
 */
export const createRunProcess = (world: World, attempts: Attempts) =>
  fromCallback<ProcessCommand, ProcessInput>(({ input, sendBack, receive }) => {
    const tell = (fact: ProcessFact) => sendBack(fact);
    const { clock, processes } = world;
    let running: RunningProcess | null = null;
    let asked: ProcessCommand['type'] | null = null;
    let isStopped = false;
    const hurry = new AbortController();

    let obeyed: ProcessCommand['type'] | null = null;
    const obey = (): void => {
      if (!running || !asked || asked === obeyed) return;
      obeyed = asked;
      const act = asked === 'process.force' ? running.force() : running.interrupt();
      act.catch((error: unknown) => world.logger.error({ error: toReason(error) }, 'the process could not be stopped'));
    };
    receive((command) => {
      asked = asked === 'process.force' ? asked : command.type;
      hurry.abort();
      // A force that comes in the same breath is all that the process gets: no signal runs ahead of it.
      queueMicrotask(obey);
    });

    /** A start that an earlier life had opened and not made is made now: the log speaks of it already. */
    const makeStart = async (attempt: Attempt): Promise<string> => {
      const open = attempt.steps.get(input.index);
      if (open && !open.ended.signal.aborted) return open.directory;
      const directory = await attempt.directory.makeStep(input.index);
      openStep(world, attempt, { index: input.index, directory, step: input.step });
      return directory;
    };

    /** Nothing begins that could not be written down before: on a full disk it waits, unless it is asked to end. */
    const whenThereIsRoom = async <T>(act: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await act();
        } catch (error) {
          if (!isDiskFull(error) || isStopped) throw error;
          if (asked) throw new SignalboxError('STEP_CANCELLED', { step: input.step.key }, { cause: error });
          await clock.wait(ROOM_MS, hurry.signal);
        }
      }
    };

    const begin = async (): Promise<{ process: RunningProcess; adopted: boolean } | null> => {
      const attempt = attemptOf(attempts, input.attempt);
      if (input.found) {
        const directory = await attempt.directory.lastStep(input.index);
        const process = directory ? await processes.adopt(directory) : null;
        if (process) return { process, adopted: true };
        // Never started anew from here: what was found had its permit, and this start would have none.
        throw new SignalboxError('STEP_LOST', { step: input.step.key });
      }
      await attempt.journal.barrier();
      if (input.permit && clock.elapsed() > input.permit.validUntilElapsed) {
        const reason = toReason(
          new SignalboxError('PERMIT_REFUSED', { step: input.step.key, problem: 'the permit is too old' }),
        );
        tell({ type: 'process.notStarted', at: clock.now(), reason, permitExpired: true });
        return null;
      }
      const { prepared } = attempt;
      if (!prepared) throw new Error(`The attempt ${input.attempt} was not prepared.`);
      const directory = await makeStart(attempt);
      const { env } = world.createEnvironment({
        pass: world.settings.passEnvironment,
        step: { ...input.step.env },
        secrets: attempt.secrets.secrets,
      });
      const process = await processes.start({
        dir: directory,
        program: input.step.program,
        args: input.step.args,
        cwd: prepared.cwd,
        env,
        stderr: input.step.format === 'plain' ? 'merged' : 'apart',
        softSignal: input.step.softSignal,
        mount: { from: prepared.workspace, to: prepared.shownAt },
        hide: world.settings.hidden,
        exclusive: input.step.exclusive ? `${world.settings.providerCache}/init.lock` : null,
      });
      return { process, adopted: false };
    };

    const run = async (): Promise<void> => {
      const begun = await whenThereIsRoom(begin);
      if (!begun) return;
      running = begun.process;
      if (isStopped) return running.release();
      const { pid, startTime } = running;
      tell({ type: 'process.started', at: clock.now(), pid, startTime, adopted: begun.adopted });
      obey();
      const exit = await running.exited;
      attemptOf(attempts, input.attempt).steps.get(input.index)?.ended.abort();
      if (!isStopped) tell({ type: 'process.exited', ...exit });
    };
    run().catch((error: unknown) => {
      attempts.get(input.attempt)?.steps.get(input.index)?.ended.abort();
      tell({
        type: 'process.notStarted',
        at: clock.now(),
        reason: toReason(toDiskFull(error, input.attempt)),
        permitExpired: false,
      });
    });

    return () => {
      isStopped = true;
      hurry.abort();
      running?.release();
    };
  });
