import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { openJournal } from '../../../src/io/disk/journal.ts';
import type { TraceEntry } from '../../../src/protocol/trace.ts';
import { createTempDir } from '../../helpers/temp-dir.ts';

const log = (text: string): TraceEntry => ({ kind: 'mark', at: 1, mark: 'log', data: { text } });
const sealed = (data: unknown): TraceEntry => ({ kind: 'mark', at: 2, mark: 'sealed', data });
const open = (path: string) => openJournal(path, { clock: createClock(), onError: () => {} });
/** What the last line tells, and what is found before it. */
const readSeal = async (path: string) => {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const before = lines.slice(0, -1).map((line) => `${line}\n`);
  return {
    data: JSON.parse(lines.at(-1) ?? '').data as Record<string, unknown>,
    sha256: createHash('sha256').update(before.join('')).digest('hex'),
  };
};

test('a sealed mark is given the digest of every byte before it, those of the same write too', async () => {
  const path = join(createTempDir(), 'trace.ndjson');
  const journal = await open(path);
  journal.append(log('ä first'));
  await journal.barrier();
  journal.append(log('second €'));
  journal.append(sealed(null));
  await journal.close();
  const { data, sha256 } = await readSeal(path);
  expect(data).toEqual({ sha256 });
});

test('a sealed mark counts what earlier lives wrote, but not the line that one of them left torn', async () => {
  const path = join(createTempDir(), 'trace.ndjson');
  const first = await open(path);
  first.append(log('of the first life'));
  await first.close();
  await appendFile(path, '{"kind":"mark","at":');
  const second = await open(path);
  second.append(sealed({ abandoned: { step: 'plan' } }));
  await second.close();
  const { data, sha256 } = await readSeal(path);
  expect(data).toEqual({ abandoned: { step: 'plan' }, sha256 });
});
