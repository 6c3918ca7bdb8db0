import { findJob } from '../trace/found-job.ts';
import { readTrace, type Life } from '../trace/read.ts';
import type { FoundJob, JobInput } from '../machines/job.setup.ts';
import { SignalboxError, toReason } from '../protocol/errors.ts';
import { StateHead } from '../protocol/job.ts';
import type { TraceMark } from '../protocol/trace.ts';
import { createAttempt, type Attempt, type Attempts } from './attempt.ts';
import { findStep } from './find-step.ts';
import { giveUp } from './give-up.ts';
import { isThere } from './is-there.ts';
import { LOG_LINES } from './log-lines.ts';
import { openStep } from './open-step.ts';
import type { JournalledEvent } from './outbox.ts';
import { Prepared } from './prepared.ts';
import { toRemainingMs } from './remaining-time.ts';
import { restoreLog } from './restore-log.ts';
import { watchState } from './watch-state.ts';
import type { World } from './world.ts';

/** One job as its journal left it; null: it is over, never began, or was given up here, and what is left of it may go. */
export const recoverJob = async (world: World, attempts: Attempts, id: string): Promise<JobInput | null> => {
  const directory = world.jobFiles.at(id);
  const secrets = await directory.readSecrets();
  const lives = readTrace(await directory.readTrace(), directory.journal);
  // Where the sealing was broken off, nothing but that is left to do.
  const left = lives.some(({ seal }) => seal) ? null : findJob(lives);
  if (!left || !secrets) return null;
  if (left.divergence) {
    const told = { attempt: id, divergence: left.divergence };
    world.logger.warn(told, 'the machines of today would have decided otherwise than this journal says: it counts');
  }
  const { spec, fence, renewMs } = left.context;
  const { wasUnderWay, ...found } = left.found;
  const marks = lives.flatMap((life: Life) => life.entries).filter((entry) => entry.kind === 'mark');
  const prepared = Prepared.nullable().parse(await directory.readFacts('prepared'));
  const current = found.done.length;
  const [step] = found.reached === 'executing' ? found.steps : [];
  const start = wasUnderWay ? await directory.lastStep(current) : null;
  const fate =
    step &&
    (await findStep(world, {
      step,
      directory: start,
      found,
      wasPermitted: marks.some(({ mark }) => mark === 'permit'),
      hasWorkspace: prepared !== null && (await isThere(world, prepared.module)),
    }));
  const life = lives.length + 1;
  if (step && fate === 'give up') {
    await giveUp(world, { attempt: id, directory, life, step });
    return null;
  }

  const earlier = marks.filter(({ mark }) => mark === 'events').map(({ data }) => data as JournalledEvent);
  const attempt = await createAttempt(world, { spec, fence, directory, secrets, life, earlier });
  attempt.prepared = prepared;
  watchState(world, attempt, findShipped(marks));
  for (const { key, evidence } of found.done) if (evidence) attempt.evidence[key] = evidence;
  restoreLog(world, attempt, marks, found);
  const opened = attempt.steps.get(current);
  // It was started before the journal was on the disk.
  if (step && start && fate === 'adopt' && opened?.directory !== start)
    openStep(world, attempt, { index: current, directory: start, step });
  // What was lost has an end, and a start of its own begins anew.
  if (fate === 'skip' || (fate === 'start' && start && (await hasRun(world, start)))) opened?.ended.abort();
  // On a full disk the journal waits; what runs is taken over all the same.
  await attempt.journal.barrier().catch(() => {});
  attempts.set(id, attempt);
  return {
    spec,
    fence,
    renewMs,
    remainingMs: toRemainingMs(world, spec, prepared),
    found: {
      ...(step && fate === 'skip' ? skip(attempt, found, step.key) : found),
      current: fate === 'adopt' ? 'adopt' : 'none',
    },
  };
};

/** An earlier start of the step came to be, and not only its folder. */
const hasRun = async (world: World, directory: string): Promise<boolean> =>
  (await world.files.readText(`${directory}/exit`)) !== null;

/** The newest state that the control plane has of this attempt. */
const findShipped = (marks: readonly TraceMark[]): StateHead | null =>
  StateHead.safeParse(marks.findLast(({ mark }) => mark === 'state')?.data).data ?? null;

/** The job ends with what was done before: its workspace is gone, and nothing more can be done in it. */
const skip = (attempt: Attempt, found: Omit<FoundJob, 'current'>, step: string): Omit<FoundJob, 'current'> => {
  attempt.say(LOG_LINES.note(`Step \`${step}\` was lost with its host and is not run again: its workspace is gone.`));
  const isCutShort = found.steps.some(({ effect }) => effect === 'irreversible');
  const failure = isCutShort ? toReason(new SignalboxError('STEP_LOST', { step })) : (found.failure ?? null);
  return { ...found, steps: [], reached: 'concluding', failure };
};
