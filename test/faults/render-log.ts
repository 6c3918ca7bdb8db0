import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LogMark } from '../../src/actors/log-mark.ts';
import {
  createPlainSegment,
  createStreamSegment,
  createTextSegment,
  type LogSegment,
} from '../../src/actors/log-segment.ts';
import { createClock } from '../../src/io/clock.ts';
import { JobSecrets } from '../../src/io/disk/job-files.ts';
import { createTail, type Tail } from '../../src/io/disk/tail.ts';
import { createMasker } from '../../src/io/mask.ts';
import { findPlugin } from '../../src/plugins/registry.ts';
import type { TraceMark } from '../../src/protocol/trace.ts';
import { readTrace } from '../../src/trace/read.ts';

const readMasks = (kept: string): string[] => {
  const path = join(kept, 'secrets.json');
  if (!existsSync(path)) return [];
  const { secrets, masks } = JobSecrets.parse(JSON.parse(readFileSync(path, 'utf8')));
  return [...secrets.map(({ value }) => value), ...masks];
};

/**
 * The whole log of a job from what is left of it: its own lines from the trace, its steps' output from their files. No part
 * of what read, cut, sent and stored it while it ran has a hand in this.
 */
export const renderLog = async (trace: string, kept: string): Promise<Buffer> => {
  const clock = createClock();
  const tails: Tail[] = [];
  const open = (path: string): Tail => {
    const tail = createTail(path, { clock });
    tails.push(tail);
    return tail;
  };
  const toSegments = (mark: LogMark): LogSegment[] => {
    if ('begins' in mark) return [];
    if ('text' in mark) return [createTextSegment(mark.text)];
    const directory = join(kept, 'steps', basename(mark.directory));
    const files = {
      output: open(join(directory, 'output')),
      stderr: mark.step.format === 'plain' ? null : open(join(directory, 'stderr')),
      ended: AbortSignal.abort(),
    };
    const said = typeof mark.said === 'string' ? [createTextSegment(mark.said)] : [];
    if (mark.step.format !== 'tool-json') return [...said, createPlainSegment(files, mark.step.format === 'plain')];
    return [
      ...said,
      createStreamSegment(
        files,
        () => findPlugin('terraform').createReader(mark.step),
        () => {},
      ),
    ];
  };
  const lives = readTrace(trace, kept).map((life) =>
    life.entries
      .filter((entry): entry is TraceMark => entry.kind === 'mark' && entry.mark === 'log')
      .map(({ data }) => LogMark.parse(data)),
  );
  // A life that begins to prepare says all lines again; one that prepares again says them once more.
  const first = lives.findLastIndex(([mark]) => mark !== undefined && 'begins' in mark);
  const marks = lives.slice(Math.max(first, 0)).flat();
  const masker = createMasker(readMasks(kept));
  const parts: Buffer[] = [];
  for (const segment of marks.flatMap(toSegments)) {
    const masked = masker.fresh();
    const put = async (bytes: Uint8Array): Promise<void> => void parts.push(Buffer.from(masked.push(bytes)));
    await segment.read(put, new AbortController().signal);
    parts.push(Buffer.from(masked.end()));
  }
  for (const tail of tails) await tail.close();
  return Buffer.concat(parts);
};
