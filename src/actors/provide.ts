import type { AnyActorLogic } from 'xstate';
import { deliveryMachine } from '../machines/delivery.machine.ts';
import { jobMachine } from '../machines/job.machine.ts';
import { leaseMachine } from '../machines/lease.machine.ts';
import { runnerMachine } from '../machines/runner.machine.ts';
import { stepMachine } from '../machines/step.machine.ts';
import { createAskPermit } from './ask-permit.ts';
import type { Attempts } from './attempt.ts';
import { createClaimJob } from './claim-job.ts';
import { createCollectStep } from './collect-step.ts';
import { createConcludeJob } from './conclude-job.ts';
import { createDeliverResult } from './deliver-result.ts';
import { createDeclineOffer } from './decline-offer.ts';
import type { Desires } from './desires.ts';
import { createDrainSession } from './drain-session.ts';
import { createEnrol } from './enrol.ts';
import { forgetEventTypes } from './forget-event-types.ts';
import { createJournalResult } from './journal-result.ts';
import { createPoll } from './poll.ts';
import { createPrepareJob } from './prepare-job.ts';
import { createRecoverJobs } from './recover-jobs.ts';
import { createRenewLease } from './renew-lease.ts';
import { createRunProcess } from './run-process.ts';
import { createSealJob } from './seal-job.ts';
import type { Sessions } from './sessions.ts';
import { createShipBytes } from './ship-bytes.ts';
import { createShipState } from './ship-state.ts';
import { createTellRetry } from './tell-retry.ts';
import { createWatchDisk } from './watch-disk.ts';
import type { World } from './world.ts';

/** Fills every slot of every machine of a runner, once, at start-up: `provide` rebuilds a machine. */
export const provideRunner = (world: World, attempts: Attempts, sessions: Sessions, desires: Desires) => {
  const step = stepMachine.provide({
    actors: {
      askPermit: createAskPermit(world, attempts),
      runProcess: createRunProcess(world, attempts),
      collectStep: createCollectStep(world, attempts),
      tellRetry: createTellRetry(attempts),
    },
  });
  const lease = leaseMachine.provide({ actors: { renewLease: createRenewLease(attempts) } });
  const delivery = deliveryMachine.provide({
    actors: {
      journalResult: createJournalResult(world, attempts),
      deliverResult: createDeliverResult(world, attempts),
    },
  });
  const job = jobMachine.provide({
    actors: {
      step,
      lease,
      delivery,
      shipBytes: createShipBytes(attempts, desires),
      shipState: createShipState(attempts),
      prepareJob: createPrepareJob(world, attempts),
      tellRetry: createTellRetry(attempts),
      concludeJob: createConcludeJob(world, attempts),
      sealJob: createSealJob(world, attempts),
    },
  });
  const runner = runnerMachine.provide({
    actors: {
      job,
      recoverJobs: createRecoverJobs(world, attempts),
      enrol: createEnrol(world, attempts, sessions, desires),
      poll: createPoll(world, sessions, desires),
      watchDisk: createWatchDisk(world),
      claimJob: createClaimJob(world, attempts, sessions),
      declineOffer: createDeclineOffer(world, sessions),
      drainSession: createDrainSession(world, sessions),
    },
  });
  return forgetEventTypes(runner);
};

/** Names of the slots that a provided machine leaves to its placeholder: a law says there are none. */
export const unfilledSlots = (
  original: { implementations: { actors?: object } },
  provided: { implementations: { actors?: object } },
): string[] => {
  const before = (original.implementations.actors ?? {}) as Record<string, AnyActorLogic>;
  const after = (provided.implementations.actors ?? {}) as Record<string, AnyActorLogic>;
  return Object.keys(before).filter((slot) => before[slot] === after[slot]);
};
