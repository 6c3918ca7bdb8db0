import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** What the runner sends is swallowed, and nothing is answered, until the network heals. */
export const silence: Fault = async ({ runner: { proxy } }, { forMs }) => {
  proxy.partition('silent');
  await pause(forMs + 100);
  proxy.heal();
};
