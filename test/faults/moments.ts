import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Box } from './box/box.ts';
import type { Call } from './cloud/cloud.ts';
import type { Moment } from './scenario.ts';

/** Waits for moments of the runs that began when it was made. */
export interface Moments {
  /** False: `signal` was aborted first. */
  reached(moment: Moment, signal: AbortSignal): Promise<boolean>;
}

const LOOK_MS = 10;
const CALL_MOMENTS = { creating: 'begun', created: 'done' } as const;

/** Calls that were noted in the cloud since the watch began. */
const createCallWatch = (cloud: string): (() => Call[]) => {
  const path = join(cloud, 'calls.ndjson');
  let offset = existsSync(path) ? statSync(path).size : 0;
  let rest = '';
  const calls: Call[] = [];
  return () => {
    if (!existsSync(path)) return calls;
    const { size } = statSync(path);
    if (size <= offset) return calls;
    const buffer = Buffer.alloc(size - offset);
    const file = openSync(path, 'r');
    offset += readSync(file, buffer, 0, buffer.length, offset);
    closeSync(file);
    const lines = (rest + buffer.toString()).split('\n');
    rest = lines.pop() ?? '';
    calls.push(...lines.map((line) => JSON.parse(line) as Call));
    return calls;
  };
};

export const createMoments = (box: Box): Moments & { close(): void } => {
  const startedAt = performance.now();
  const watch = createCallWatch(box.cloud);
  const counts = { claim: 0, step: 0, exit: 0, result: 0, seal: 0 };
  const leave = Object.keys(counts).flatMap((name) =>
    box.runners.map(({ moments }) => {
      const key = name as keyof typeof counts;
      const count = () => void (counts[key] += 1);
      moments.on(key, count);
      return () => void moments.off(key, count);
    }),
  );
  const countOf = (after: Moment['after']): number => {
    if (after === 'ms') return performance.now() - startedAt;
    if (after !== 'created' && after !== 'creating') return counts[after];
    return watch().filter(({ call, moment }) => call === 'create' && moment === CALL_MOMENTS[after]).length;
  };
  return {
    reached: async ({ after, count }, signal) => {
      while (!signal.aborted) {
        if (countOf(after) >= count) return true;
        await pause(LOOK_MS);
      }
      return false;
    },
    close: () => {
      for (const end of leave) end();
    },
  };
};
