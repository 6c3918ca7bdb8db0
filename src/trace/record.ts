import type { AnyActorRef, AnyEventObject, AnyMachineSnapshot, AnyStateMachine, InspectionEvent } from 'xstate';
import { toReason } from '../protocol/errors.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import type { Clock } from '../io/clock.ts';
import { toStateText } from './state-text.ts';

/** Where the entries of an attempt go; null: that attempt is not recorded (any more). */
export type Sink = (attempt: string) => { append(entry: TraceEvent): void } | null;
/** A machine of an attempt took a new state. */
export interface StateSeen {
  attempt: string;
  path: string;
  machine: string;
  state: string;
  phase: string;
}

interface Place {
  attempt: string;
  path: string;
  machine: string | null;
  /** The entry whose state is not known yet: the recorder hears of an event before its snapshot. */
  open: TraceEvent | null;
  lastState: string | null;
}

/**
 * An inspector that writes every event that reaches a job actor or one of its descendants. The only reader of XState's private
 * fields (`_parent`, `logic`). It never throws: what an inspector throws reaches whoever sent the event.
 */
export const createRecorder = (options: {
  clock: Clock;
  sink: Sink;
  onState: (seen: StateSeen) => void;
  onError: (error: unknown) => void;
}): ((event: InspectionEvent) => void) => {
  const places = new WeakMap<AnyActorRef, Place | 'elsewhere'>();
  const counters = new Map<string, number>();

  const placeOf = (ref: AnyActorRef): Place | null => {
    const known = places.get(ref);
    if (known) return known === 'elsewhere' ? null : known;
    const found = findPlace(ref);
    places.set(ref, found ?? 'elsewhere');
    return found;
  };

  const onEvent = (ref: AnyActorRef, source: AnyActorRef | undefined, event: AnyEventObject): void => {
    const place = placeOf(ref);
    const sink = place && options.sink(place.attempt);
    // What reaches a promise or a callback is its parent's doing, and nothing folds it.
    if (!place?.machine || !sink) return;
    const seq = counters.get(place.attempt) ?? 0;
    counters.set(place.attempt, seq + 1);
    const from = source ? (placeOf(source)?.path ?? null) : null;
    const entry: TraceEvent = {
      kind: 'event',
      seq,
      at: options.clock.now(),
      to: place.path,
      from,
      machine: place.machine,
      event: toPlain(event),
      state: null,
    };
    place.open = entry;
    sink.append(entry);
  };

  const onSnapshot = (ref: AnyActorRef, snapshot: AnyMachineSnapshot): void => {
    const place = placeOf(ref);
    if (!place?.machine) return;
    const state = toStateText(snapshot.value);
    if (place.open) place.open.state = state;
    place.open = null;
    if (state === place.lastState) return;
    place.lastState = state;
    options.onState({
      attempt: place.attempt,
      path: place.path,
      machine: place.machine,
      state,
      phase: phaseOf(snapshot),
    });
  };

  return (inspected) => {
    try {
      if (inspected.type === '@xstate.event') {
        onEvent(inspected.actorRef as AnyActorRef, inspected.sourceRef as AnyActorRef | undefined, inspected.event);
      } else if (inspected.type === '@xstate.snapshot' && 'value' in inspected.snapshot) {
        onSnapshot(inspected.actorRef as AnyActorRef, inspected.snapshot as AnyMachineSnapshot);
      }
    } catch (error) {
      options.onError(error);
    }
  };
};

const JOB = 'job.';

const findPlace = (ref: AnyActorRef): Place | null => {
  const names: string[] = [];
  for (let at: AnyActorRef | undefined = ref; at; at = at._parent) {
    if (at.id.startsWith(JOB)) {
      const machine = 'logic' in ref && isMachine(ref.logic) ? ref.logic.id : null;
      return {
        attempt: at.id.slice(JOB.length),
        path: ['job', ...names].join('/'),
        machine,
        open: null,
        lastState: null,
      };
    }
    names.unshift(at.id);
  }
  return null;
};

const isMachine = (logic: unknown): logic is AnyStateMachine =>
  typeof logic === 'object' && logic !== null && 'root' in logic && 'id' in logic;

/** The phase that the deepest active state shows. */
const phaseOf = (snapshot: AnyMachineSnapshot): string => {
  const metas = Object.entries(snapshot.getMeta()).toSorted(([a], [b]) => a.length - b.length);
  return (metas.findLast(([, meta]) => meta?.phase)?.[1]?.phase as string | undefined) ?? 'running';
};

/** Events are plain JSON, but for errors: those become code and message, as machines read them. */
const toPlain = (event: AnyEventObject): TraceEvent['event'] =>
  event.error instanceof Error ? { ...event, error: toReason(event.error) } : { ...event };
