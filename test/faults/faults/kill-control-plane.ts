import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** `kill -9` of the control plane; it comes back on the same data. */
export const killControlPlane: Fault = ({ box: { controlPlane } }, { forMs }) =>
  controlPlane.exclusively(async () => {
    await controlPlane.kill();
    await pause(forMs);
    await controlPlane.start();
  });
