import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** The disk of a runner's state directory is full, until somebody makes room. Which runner: the one that has a small disk. */
export const fillDisk: Fault = async ({ box: { smallDisk } }, { forMs }) => {
  smallDisk?.fill();
  await pause(forMs + 200);
  smallDisk?.free();
};
