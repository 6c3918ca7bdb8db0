import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** `kill -9` of the runner; its successor starts at once, or after a while. */
export const killRunner: Fault = ({ runner }, { forMs }) =>
  runner.exclusively(async () => {
    await runner.kill();
    await pause(forMs);
    await runner.start();
  });
