import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const MOST_RECORDS = 60;
const PATIENCE_MS = 1500;

/** `kill -9` between two records of a journal: the one that was just added is lost with all that were not on the disk yet. */
export const killRunnerAtRecord: Fault = ({ runner }, { share, forMs }) =>
  runner.exclusively(async () => {
    runner.dieAfterRecords(Math.ceil(share * MOST_RECORDS));
    const waiting = new AbortController();
    const late = pause(PATIENCE_MS, null, { signal: waiting.signal }).catch(() => null);
    await Promise.race([runner.ended, late]);
    waiting.abort();
    // Where so many records do not come, it is killed all the same.
    await runner.kill();
    await pause(forMs);
    await runner.start();
  });
