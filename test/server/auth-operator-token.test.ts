import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIds } from '../../src/io/ids.ts';
import { ensureOperatorToken } from '../../src/server/auth-operator-token.ts';
import { hashToken } from '../../src/server/hash-token.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'signalbox-token-'));
});
afterEach(() => rm(directory, { recursive: true }));
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the operator token', () => {
  it('is made at the first start in a file that only its owner can read', async () => {
    const { token, hash, path } = await ensureOperatorToken(directory, createIds());
    expect(await readFile(path, 'utf8')).toBe(`${token}\n`);
    expect(await modeOf(path)).toBe(0o600);
    expect(hash).toBe(hashToken(token));
    expect(await readdir(directory)).toEqual(['operator.token']);
  });

  it('is the same at the second start', async () => {
    const first = await ensureOperatorToken(directory, createIds());
    expect(await ensureOperatorToken(directory, createIds())).toEqual(first);
  });

  it('is closed to others again where its file was opened', async () => {
    const { path } = await ensureOperatorToken(directory, createIds());
    await chmod(path, 0o644);
    await ensureOperatorToken(directory, createIds());
    expect(await modeOf(path)).toBe(0o600);
  });

  it('is made anew where a crash left an empty file', async () => {
    await writeFile(join(directory, 'operator.token'), '');
    expect((await ensureOperatorToken(directory, createIds())).token).toMatch(/^sbx_operator_/);
  });
});
