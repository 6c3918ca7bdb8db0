import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** The host goes down with everything on it: runner, supervisors, tools. Then it comes back. */
export const reboot: Fault = ({ runner }, { forMs }) =>
  runner.exclusively(async () => {
    await runner.reboot();
    await pause(forMs);
    await runner.start();
  });
