import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** Every connection of the runner is cut, and none is made, until the network heals. */
export const partition: Fault = async ({ runner: { proxy } }, { forMs }) => {
  proxy.partition('cut');
  await pause(forMs + 100);
  proxy.heal();
};
