import type { Divergence } from './divergence.ts';
import type { Life } from './read.ts';
import { replayLife, type Replay } from './replay.ts';

export interface TraceReplay {
  lives: Replay[];
  /** The first of all lives, with the number of its life; null: everything went as it was recorded. */
  divergence: (Divergence & { life: number }) | null;
  /**
   * `over`: the job's machine came to its end; `sealed`: the trace was closed before, as where the attempt was given up or the
   * process ended between the two; `open`: it goes on, or it was cut off.
   */
  end: 'over' | 'sealed' | 'open';
}

/** Replays a whole trace: each life by itself, and one after the other. */
export const replayTrace = (lives: readonly Life[]): TraceReplay => {
  const replays: Replay[] = [];
  const [first] = lives;
  for (const [index, life] of lives.entries()) {
    const number = index + 1;
    const replay = replayLife(life, replays.at(-1) ?? null);
    replays.push(replay);
    const divergence = checkLife(life, number, first) ?? replay.divergence;
    if (divergence) return { lives: replays, divergence: { ...divergence, life: number }, end: 'open' };
  }
  for (const [index, { header, seal }] of lives.entries()) {
    const problem = seal && toSealProblem(header.version, seal);
    if (problem) {
      const divergence = { kind: 'altered', seq: null, problem, life: index + 1 } as const;
      return { lives: replays, divergence, end: 'open' };
    }
  }
  return { lives: replays, divergence: null, end: toEnd(lives.at(-1), replays.at(-1)) };
};

/** Lives count up from 1, and are all of one attempt. */
const checkLife = ({ header }: Life, number: number, first: Life | undefined): Divergence | null => {
  if (header.life !== number) {
    const problem = header.life > number ? `life ${number} is missing` : `life ${header.life} comes again`;
    return { kind: 'lives', seq: null, problem };
  }
  if (first && header.attempt !== first.header.attempt) {
    const problem = `it is of the attempt ${header.attempt}, and life 1 of ${first.header.attempt}`;
    return { kind: 'attempt', seq: null, problem };
  }
  return null;
};

const toSealProblem = (version: number, { told, found }: NonNullable<Life['seal']>): string | null => {
  if (told === null) return version > 1 ? 'its seal has no digest' : null;
  return told === found ? null : 'the trace was changed after it was sealed';
};

const toEnd = (life: Life | undefined, replay: Replay | undefined): TraceReplay['end'] => {
  if (replay?.machines.get('job')?.snapshot.status === 'done') return 'over';
  return life?.seal ? 'sealed' : 'open';
};
