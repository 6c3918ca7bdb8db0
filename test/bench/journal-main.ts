// Many journals at once, each adding a record and waiting until it is on the disk, in a loop. Its argument is its options as
// JSON; it says how many records were made durable, and in what time.
import { join } from 'node:path';
import { createClock } from '../../src/io/clock.ts';
import { openJournal } from '../../src/io/disk/journal.ts';
import type { TraceMark } from '../../src/protocol/trace.ts';
import { nowMs } from './rounds.ts';

export interface JournalMainOptions {
  directory: string;
  journals: number;
  recordBytes: number;
  durationMs: number;
}
export interface Appending {
  records: number;
  ms: number;
}

const { directory, journals, recordBytes, durationMs } = JSON.parse(process.argv[2] ?? '') as JournalMainOptions;
const toRecord = (filler: string): TraceMark => ({ kind: 'mark', at: 1_700_000_000_000, mark: 'log', data: filler });
const missing = recordBytes - JSON.stringify(toRecord('')).length - 1;
const record = toRecord('x'.repeat(missing));

const clock = createClock();
const onError = (error: Error) => {
  throw error;
};
const opened = await Promise.all(
  Array.from({ length: journals }, (_, index) => openJournal(join(directory, String(index)), { clock, onError })),
);
let records = 0;
const begunAt = nowMs();
const until = begunAt + durationMs;
await Promise.all(
  opened.map(async (journal) => {
    while (nowMs() < until) {
      journal.append(record);
      await journal.barrier();
      records += 1;
    }
  }),
);
const ms = nowMs() - begunAt;
await Promise.all(opened.map((journal) => journal.close()));
process.stdout.write(`${JSON.stringify({ records, ms } satisfies Appending)}\n`);
