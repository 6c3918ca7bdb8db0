import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Box } from './box.ts';
import { findMarked } from './find-marked.ts';

const PATIENCE_MS = 20_000;
const LOOK_MS = 20;

const isCleared = (box: Box): boolean =>
  findMarked(box.mark).length === 0 &&
  box.runners.every(({ directories: { state } }) =>
    readdirSync(join(state, 'jobs')).every((job) => !existsSync(join(state, 'jobs', job, 'secrets.json'))),
  );

/** Waits until the runners hold no job and no process of theirs is left. Whoever looks afterwards finds what never went away. */
export const untilCleared = async (box: Box): Promise<void> => {
  const until = performance.now() + PATIENCE_MS;
  while (!isCleared(box) && performance.now() < until) await pause(LOOK_MS);
};
