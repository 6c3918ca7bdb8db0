import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** SIGTERM: the runner stops taking jobs, waits for its grace, and leaves what runs to its successor. */
export const drainRunner: Fault = ({ runner }, { forMs }) =>
  runner.exclusively(async () => {
    await runner.drain();
    await pause(forMs);
    await runner.start();
  });
