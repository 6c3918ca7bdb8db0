import { createClock, type Clock } from '../../src/io/clock.ts';

/** The host's time, run faster and disturbed at will. */
export interface OddClock extends Clock {
  /** Wall time goes this much on at once, or back. */
  jump(ms: number): void;
  /** As if the host had slept: wall time and the time since boot go on, timers stand still. */
  sleep(ms: number): void;
}

/** `speed`: how many times shorter every wait is. */
export const createOddClock = ({ speed = 1 }: { speed?: number } = {}): OddClock => {
  const real = createClock();
  let wallMs = 0;
  let sleptMs = 0;
  return {
    now: () => real.now() + wallMs + sleptMs,
    elapsed: () => real.elapsed() + sleptMs,
    setTimeout: (callback, ms) => real.setTimeout(callback, ms / speed),
    clearTimeout: real.clearTimeout,
    wait: (ms, signal) => real.wait(ms / speed, signal),
    jump: (ms) => (wallMs += ms),
    sleep: (ms) => (sleptMs += ms),
  };
};
