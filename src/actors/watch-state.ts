import { toReason } from '../protocol/errors.ts';
import type { StateHead } from '../protocol/job.ts';
import type { Attempt } from './attempt.ts';
import { createStateShipper } from './state-shipper.ts';
import type { World } from './world.ts';

/** Makes the shipper of an attempt that changes a managed state; the job's machine says when it runs. `shipped`: by an earlier life. */
export const watchState = (world: World, attempt: Attempt, shipped: StateHead | null = null): void => {
  const { prepared, journal } = attempt;
  if (!prepared?.stateFile || attempt.spec.effect !== 'irreversible') return;
  attempt.state = createStateShipper({
    api: attempt.api,
    clock: world.clock,
    file: world.createStateFile(prepared.stateFile),
    initial: shipped ?? prepared.initialState,
    onShipped: (head) => journal.append({ kind: 'mark', at: world.clock.now(), mark: 'state', data: head }),
    onRefused: (error) => {
      attempt.stateRefusal = toReason(error);
      attempt.outbox.tell({ type: 'note', level: 'error', message: error.message });
    },
  });
};
