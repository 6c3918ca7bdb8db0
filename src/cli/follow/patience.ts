import type { Clock } from '../../io/clock.ts';
import { isSilence } from '../../protocol/errors.ts';

/** Repeats a call while the control plane cannot be reached; anything else it throws goes on to the caller. */
export type Patience = <T>(call: () => Promise<T>) => Promise<T>;

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
const GIVE_UP_MS = 120_000;

/** `tell` hears of trouble once, and once that it is over. With `isHurried` it gives up at the first failure. */
export const createPatience = (options: {
  clock: Clock;
  tell: (message: string) => void;
  isHurried?: () => boolean;
}): Patience => {
  const { clock, tell, isHurried = () => false } = options;
  let since: number | null = null;
  return async (call) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const answer = await call();
        if (since !== null) tell('The control plane answers again.');
        since = null;
        return answer;
      } catch (error) {
        if (!isSilence(error) || isHurried()) throw error;
        if (since === null) tell(`${error.message} Trying again for ${GIVE_UP_MS / 60_000} minutes.`);
        since ??= clock.elapsed();
        if (clock.elapsed() - since > GIVE_UP_MS) throw error;
        await clock.wait(waitMs);
      }
    }
  };
};
