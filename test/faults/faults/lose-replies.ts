import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** Half of all replies are lost: what was asked was done, and the runner does not know. */
export const loseReplies: Fault = async ({ runner: { proxy } }, { forMs }) => {
  proxy.set({ dropShare: 0.5 });
  await pause(2 * forMs + 500);
  proxy.set({ dropShare: 0 });
};
