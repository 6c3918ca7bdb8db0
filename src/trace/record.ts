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

/** One job actor, while it lives. */
interface Recording {
  attempt: string;
  /** The number of its next entry. */
  seq: number;
}
interface Place {
  recording: Recording;
  path: string;
  machine: string | null;
  /** Entries whose state is not known yet: the recorder hears of an event before its snapshot, and maybe of the next one too. */
  open: TraceEvent[];
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
  const recordings = new WeakMap<AnyActorRef, Recording>();

  const placeOf = (ref: AnyActorRef): Place | null => {
    const known = places.get(ref);
    if (known) return known === 'elsewhere' ? null : known;
    const found = findPlace(ref, recordings);
    places.set(ref, found ?? 'elsewhere');
    return found;
  };

  const onEvent = (ref: AnyActorRef, source: AnyActorRef | undefined, event: AnyEventObject): void => {
    const place = placeOf(ref);
    const sink = place && options.sink(place.recording.attempt);
    // What reaches a promise or a callback is its parent's doing, and nothing folds it.
    if (!place?.machine || !sink) return;
    const from = source ? (placeOf(source)?.path ?? null) : null;
    const entry: TraceEvent = {
      kind: 'event',
      seq: place.recording.seq,
      at: options.clock.now(),
      to: place.path,
      from,
      machine: place.machine,
      event: toPlain(event),
      state: null,
    };
    place.recording.seq += 1;
    place.open.push(entry);
    sink.append(entry);
  };

  const onSnapshot = (ref: AnyActorRef, snapshot: AnyMachineSnapshot): void => {
    const place = placeOf(ref);
    if (!place?.machine) return;
    const state = toStateText(snapshot.value);
    const entry = place.open.shift();
    if (entry) entry.state = state;
    if (state === place.lastState) return;
    place.lastState = state;
    options.onState({
      attempt: place.recording.attempt,
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

const findPlace = (ref: AnyActorRef, recordings: WeakMap<AnyActorRef, Recording>): Place | null => {
  const names: string[] = [];
  for (let at: AnyActorRef | undefined = ref; at; at = at._parent) {
    if (at.id.startsWith(JOB)) {
      const machine = 'logic' in ref && isMachine(ref.logic) ? ref.logic.id : null;
      const recording = recordings.get(at) ?? { attempt: at.id.slice(JOB.length), seq: 0 };
      recordings.set(at, recording);
      return { recording, path: ['job', ...names].join('/'), machine, open: [], lastState: null };
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
