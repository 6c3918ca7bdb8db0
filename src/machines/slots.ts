import { fromCallback, fromPromise, type EventObject, type NonReducibleUnknown } from 'xstate';
import type { Reason } from '../protocol/status.ts';

/** What a person is told before something is tried again. */
export interface RetryNotice {
  attempt: string;
  pauseMs: number;
  /** Number of the try that comes, and how many there are in all; null: no end is set. */
  next: number;
  of: number | null;
  reason: Reason;
}

/** An effect was started whose slot nobody filled: `actors/provide.ts` fills them all. */
export class ActorNotProvidedError extends Error {
  override readonly name = 'ActorNotProvidedError';
  constructor(slot: string) {
    super(`The actor slot \`${slot}\` was started without an implementation.`);
  }
}

/** A typed placeholder for an effect that ends with one output. */
export const promiseSlot = <Output, Input extends NonReducibleUnknown>(slot: string) =>
  fromPromise<Output, Input>(() => Promise.reject(new ActorNotProvidedError(slot)));

/** A typed placeholder for an effect that takes commands and tells facts as it goes. */
export const callbackSlot = <Command extends EventObject, Input extends NonReducibleUnknown>(slot: string) =>
  fromCallback<Command, Input>(() => {
    throw new ActorNotProvidedError(slot);
  });
