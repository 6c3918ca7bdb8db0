import { isKnownEvent, type Progress, type ToldEvent } from '../../protocol/attempt.ts';
import type { MachineView } from '../../protocol/rest.ts';
import type { Phase } from '../../protocol/status.ts';

/** What an attempt shows of itself, as its row keeps it. */
export interface Shown {
  phase: Phase;
  progress: Progress | null;
  machines: MachineView[];
}

/** The last word of each machine counts; the job's own machine (the shortest path) gives the attempt its phase. */
export const foldEvents = (shown: Shown, events: readonly ToldEvent[]): Shown => {
  let { phase, progress } = shown;
  const machines = new Map(shown.machines.map((view) => [view.path, view]));
  for (const { event } of events) {
    if (!isKnownEvent(event)) continue;
    if (event.type === 'progress') progress = event.progress;
    if (event.type !== 'machine') continue;
    machines.set(event.path, { path: event.path, machine: event.machine, state: event.state, phase: event.phase });
    if (event.machine === 'job') phase = event.phase;
  }
  return { phase, progress, machines: [...machines.values()] };
};
