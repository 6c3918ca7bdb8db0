import { fromCallback } from 'xstate';
import * as z from 'zod';
import { findJob } from '../trace/found-job.ts';
import { readTrace, type Life } from '../trace/read.ts';
import type { JobInput } from '../machines/job.setup.ts';
import type { RecoveryFact } from '../machines/runner.setup.ts';
import { toReason } from '../protocol/errors.ts';
import { StepSpec } from '../protocol/job.ts';
import { createAttempt, type Attempt, type Attempts } from './attempt.ts';
import { createTextSegment } from './log-segment.ts';
import { followStep } from './open-step.ts';
import type { JournalledEvent } from './outbox.ts';
import { Prepared } from './prepared.ts';
import { watchState } from './watch-state.ts';
import type { World } from './world.ts';

const LogMark = z.union([
  z.object({ text: z.string() }),
  z.object({ index: z.number().int(), directory: z.string(), step: StepSpec }),
]);

/** Reads the journals of earlier lives and tells what each job left; one that cannot be read is left where it lies, and said. */
export const createRecoverJobs = (world: World, attempts: Attempts) =>
  fromCallback<{ type: 'never' }, { name: string }>(({ sendBack }) => {
    const tell = (fact: RecoveryFact) => sendBack(fact);
    const recover = async (): Promise<void> => {
      for (const id of await world.jobFiles.unsealed()) {
        try {
          const job = await recoverOne(world, attempts, id);
          if (job) tell({ type: 'job.found', job });
          else await world.jobFiles.at(id).seal();
        } catch (error) {
          world.logger.error(
            { attempt: id, reason: toReason(error) },
            'a job of an earlier process cannot be taken over',
          );
        }
      }
      await world.jobFiles.prune(world.clock.now());
      tell({ type: 'recovery.finished' });
    };
    recover().catch((error: unknown) => tell({ type: 'recovery.failed', reason: toReason(error) }));
  });

const recoverOne = async (world: World, attempts: Attempts, id: string): Promise<JobInput | null> => {
  const directory = world.jobFiles.at(id);
  const secrets = await directory.readSecrets();
  const lives = readTrace(await directory.readTrace(), directory.journal);
  const left = findJob(lives);
  if (!left || !secrets) return null;
  const { spec, fence, renewMs } = left.context;
  const marks = lives.flatMap((life: Life) => life.entries).filter((entry) => entry.kind === 'mark');
  const earlier = marks.filter(({ mark }) => mark === 'events').map(({ data }) => data as JournalledEvent);
  const attempt = await createAttempt(world, { spec, fence, directory, secrets, life: lives.length + 1, earlier });
  attempts.set(id, attempt);
  const prepared = Prepared.nullable().parse(await directory.readFacts('prepared'));
  attempt.prepared = prepared;
  watchState(world, attempt);
  for (const { key, evidence } of left.found.done) if (evidence) attempt.evidence[key] = evidence;

  const current = left.found.done.length;
  for (const { mark, data } of marks) if (mark === 'log') addToLog(world, attempt, LogMark.parse(data), current);
  attempt.hasSaidLast = left.found.outcome !== null && marks.some(({ mark }) => mark === 'result');
  const { wasUnderWay, ...found } = left.found;
  const step = wasUnderWay ? await directory.lastStep(current) : null;
  const process = step ? await world.processes.adopt(step) : null;
  process?.release();
  await attempt.journal.barrier();
  const spent = prepared ? world.clock.now() - prepared.startedAt : 0;
  const remainingMs = Math.max(1000, Math.min(spec.maxExecutionMs, world.settings.maxExecutionMs) - spent);
  return { spec, fence, renewMs, remainingMs, found: { ...found, current: process ? 'adopt' : 'none' } };
};

/** The same log again: what has ended is read to its end at once. */
const addToLog = (world: World, attempt: Attempt, mark: z.infer<typeof LogMark>, current: number): void => {
  if ('text' in mark) return attempt.log.add(createTextSegment(mark.text));
  const before = attempt.steps.get(mark.index);
  before?.ended.abort();
  followStep(world, attempt, mark);
  if (mark.index !== current) attempt.steps.get(mark.index)?.ended.abort();
};
