import type { AnyStateMachine } from 'xstate';

/** What the library keeps out of its types: where a state finds its transition for an event. */
interface State {
  next(snapshot: unknown, event: { type: string }): unknown;
  states: Record<string, State>;
}

const NAMES_AN_ACTOR = /^xstate\.(done|error)\.actor\./;

/**
 * XState remembers for each state which transitions it has for a type of event, and forgets none. The ends of jobs and claims are
 * types of their own (`xstate.done.actor.job.ID`), so that this would grow with every job (half a KiB) for as long as the runner
 * lives. For these it is made to remember beside a stand-in for the state, which is gone with the event.
 */
export const forgetEventTypes = <M extends AnyStateMachine>(machine: M): M => {
  const change = (state: State): void => {
    const { next } = state;
    state.next = (snapshot, event) =>
      next.call(NAMES_AN_ACTOR.test(event.type) ? (Object.create(state) as State) : state, snapshot, event);
    Object.values(state.states).forEach(change);
  };
  // Sound for this very version of the library: the test beside tells when a state has no such `next` any more.
  change(machine.root as unknown as State);
  return machine;
};
