import { fromPromise } from 'xstate';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

/** Gives an offer back that no slot is free for, so that another runner has it at once; without an answer it lapses by itself. */
export const createDeclineOffer = (world: World, sessions: Sessions) =>
  fromPromise<void, { attempt: string; session: string; reason: string }>(async ({ input }) => {
    const { session, attempt, reason } = input;
    await world.api.decline(sessions.token, { session, attempt, reason }).catch(() => {});
  });
