import type { ServerContext } from '../context.ts';
import { tick } from '../served.ts';
import { sweep } from './sweep.ts';

/** Ticks and sweeps while the door serves. Stop it before the store is closed. */
export const keepTime = (context: ServerContext): { stop(): Promise<void> } => {
  const leave = new AbortController();
  const run = async (): Promise<void> => {
    while (!leave.signal.aborted) {
      try {
        if (await tick(context)) await sweep(context);
      } catch (error) {
        context.logger.error({ problem: String(error) }, 'served time did not advance');
      }
      await context.clock.wait(context.timers.tickMs, leave.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      leave.abort();
      await running;
    },
  };
};
