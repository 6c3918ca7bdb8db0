import { fromPromise } from 'xstate';
import type { DeliveryInput } from '../machines/delivery.machine.ts';
import { JobOutcome } from './job-outcome.ts';
import { attemptOf, type Attempts } from './attempt.ts';
import { readFindings } from './findings.ts';
import { LOG_LINES } from './log-lines.ts';
import { maskTexts } from './mask-texts.ts';
import type { World } from './world.ts';

/** Says the last line of the log, and makes the result durable before anything of it is sent. */
export const createJournalResult = (world: World, attempts: Attempts) =>
  fromPromise<void, DeliveryInput>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    const outcome = maskTexts(JobOutcome.parse(input.outcome), (text) => attempt.masker.text(text));
    if (!attempt.hasSaidLast) {
      const { note } = await readFindings(world, attempt);
      if (note !== null) attempt.outbox.tell({ type: 'note', level: 'warning', message: note });
      const over = LOG_LINES.over(outcome.conclusion, outcome.reason?.message ?? null);
      attempt.say(`${note === null ? '' : LOG_LINES.note(note)}${over}`, true);
    }
    attempt.hasSaidLast = true;
    attempt.outcome = outcome;
    attempt.journal.append({ kind: 'mark', at: world.clock.now(), mark: 'result', data: outcome });
    await attempt.journal.barrier();
  });
