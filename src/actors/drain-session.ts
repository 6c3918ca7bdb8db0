import { fromPromise } from 'xstate';
import type { Sessions } from './sessions.ts';
import type { World } from './world.ts';

/** Tells the control plane that this runner takes nothing more, or that it leaves. Silence is no obstacle to leaving. */
export const createDrainSession = (world: World, sessions: Sessions) =>
  fromPromise<void, { session: string | null; end: boolean }>(async ({ input }) => {
    if (input.session === null) return;
    await world.api.drain(sessions.token, { session: input.session, end: input.end }).catch(() => {});
  });
