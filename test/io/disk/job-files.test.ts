import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createJobFiles, type JobFiles } from '../../../src/io/disk/job-files.ts';
import { createTempDir } from '../../helpers/temp-dir.ts';

const ATTEMPT = 'job_0123456789abcdef.1';
const NOW = 1_800_000_000_000;
const DAY_MS = 24 * 3600_000;
let directory: string;
let files: JobFiles;
beforeEach(() => {
  directory = createTempDir();
  files = createJobFiles(directory);
});

describe('the directory of a job', () => {
  it('keeps secrets for its owner only, and is unsealed while it has them', async () => {
    const job = await files.create(ATTEMPT);
    const kept = { jobToken: 't', secrets: [{ name: 'n', as: 'variable' as const, value: 'v' }], masks: ['m'] };
    await job.writeSecrets(kept);
    expect(statSync(join(job.path, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(await job.readSecrets()).toEqual(kept);
    expect(await files.unsealed()).toEqual([ATTEMPT]);
  });
  it('has nothing but its trace when it is sealed', async () => {
    const job = await files.create(ATTEMPT);
    await job.writeSecrets({ jobToken: 't', secrets: [], masks: [] });
    await job.writeFacts('prepared', { a: 1 });
    await job.makeStep(0);
    writeFileSync(job.journal, 'x\n');
    await job.seal();
    expect(readdirSync(job.path)).toEqual(['trace.ndjson']);
    expect(await files.unsealed()).toEqual([]);
  });
  it('gives every start of a step a folder of its own, and knows the last', async () => {
    const job = await files.create(ATTEMPT);
    expect(await job.lastStep(0)).toBeNull();
    const made = [await job.makeStep(0), await job.makeStep(0), await job.makeStep(10)];
    expect(new Set(made).size).toBe(3);
    expect(await job.lastStep(0)).toBe(made[1]);
    expect(await job.lastStep(1)).toBeNull();
  });
});

describe('sealed traces', () => {
  const seal = (number: number, ageMs: number, bytes = 10): string => {
    const path = join(directory, 'jobs', `job_0123456789abcdef.${number}`);
    mkdirSync(path, { recursive: true });
    const trace = join(path, 'trace.ndjson');
    writeFileSync(trace, Buffer.alloc(bytes));
    utimesSync(trace, (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
    return path;
  };
  it('are removed after thirty days, and never while the job is unsealed', async () => {
    for (let number = 100; number < 199; number += 1) seal(number, DAY_MS);
    const [young, old, open] = [seal(1, 29 * DAY_MS), seal(2, 31 * DAY_MS), seal(3, 99 * DAY_MS)];
    writeFileSync(join(open, 'secrets.json'), '{}');
    await files.prune(NOW);
    expect([young, old, open].map((path) => existsSync(path))).toEqual([true, false, true]);
  });
  it('are not all old because the clock jumped ahead by a year: the newest hundred stay', async () => {
    const paths = Array.from({ length: 101 }, (_, index) => seal(index + 1, index * 1000));
    await files.prune(NOW + 365 * DAY_MS);
    expect(paths.filter((path) => existsSync(path))).toEqual(paths.slice(0, 100));
  });
  it('are removed, oldest first, beyond the bytes they may take', async () => {
    const paths = [1, 2, 3].map((number) => seal(number, number * 1000, 200 * 1024 ** 2));
    await files.prune(NOW);
    expect(paths.map((path) => existsSync(path))).toEqual([true, true, false]);
  });
});
