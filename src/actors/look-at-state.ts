import { SignalboxError, toReason } from '../protocol/errors.ts';
import type { Reason } from '../protocol/status.ts';
import type { StateFound } from './end-note.ts';
import { isThere } from './is-there.ts';
import type { Prepared } from './prepared.ts';
import type { StateShipper } from './state-shipper.ts';
import type { World } from './world.ts';

/** The state that a job leaves in its workspace: its text for the plugin, and what is told about it. */
export interface StateLeft {
  text: string | null;
  found: StateFound;
  /** Why the file cannot be read. */
  problem: Reason | null;
}

/** Null: the code's own backend holds the state. */
export const lookAtState = async (
  world: World,
  prepared: Prepared,
  shipper: StateShipper | null,
): Promise<StateLeft | null> => {
  const { stateFile, initialState: before } = prepared;
  if (stateFile === null) return null;
  const shipped = shipper?.shipped() ?? before;
  try {
    const state = await world.createStateFile(stateFile).read();
    if (state !== null) {
      const text = new TextDecoder().decode(state.bytes);
      return { text, found: { before, after: state.head, file: 'whole' }, problem: null };
    }
    const file = (await isThere(world, prepared.module)) ? 'missing' : 'gone';
    return { text: null, found: { before, after: shipped, file }, problem: null };
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return { text: null, found: { before, after: shipped, file: 'torn' }, problem: toReason(error) };
  }
};
