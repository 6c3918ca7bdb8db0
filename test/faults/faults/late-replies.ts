import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const MOST_MS = 400;

/** Every reply comes late. */
export const lateReplies: Fault = async ({ runner: { proxy } }, { forMs, share }) => {
  proxy.set({ delayMs: Math.ceil(share * MOST_MS) });
  await pause(2 * forMs + 500);
  proxy.set({ delayMs: 0 });
};
