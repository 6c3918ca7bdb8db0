import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

interface Report {
  testResults: {
    name: string;
    message: string;
    status: string;
    assertionResults: { title: string; status: string; failureMessages: string[] }[];
  }[];
}

const ROOT = join(import.meta.dirname, '../..');
let report: Report;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leaks-'));
  const out = join(directory, 'report.json');
  const args = ['run', '--config', 'test/fixtures/leaks/vitest.config.ts', '--reporter=json', `--outputFile=${out}`];
  const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args];
  await new Promise<void>((resolve) => {
    execFile(process.execPath, command, { cwd: ROOT, env: { PATH: process.env['PATH'] } }, () => resolve());
  });
  report = JSON.parse(readFileSync(out, 'utf8')) as Report;
  rmSync(directory, { recursive: true });
});

const fileOf = (name: string) => report.testResults.find((file) => file.name.endsWith(`/${name}.leaks.ts`));
const failureOf = (title: string): string =>
  report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => result.title === title)
    .map(({ failureMessages }) => failureMessages.join('\n'))
    .join('\n');

test.each([
  ['an actor that lives on', '1 actors'],
  ['a child that lives on', '1 children'],
  ['a server that listens on', '1 listeners'],
])('%s fails the test that started it', (title, left) => {
  expect(failureOf(title)).toContain(left);
});

test('a test that closes everything passes, though a server of its file listens on', () => {
  expect(failureOf('everything is closed')).toBe('');
});

test.each([
  ['daemon', 'sleep 15'],
  ['folder', 'forgotten-'],
])('a %s that is left fails the file', (name, left) => {
  expect(fileOf(name)?.message).toContain(left);
});

test('a file that leaves nothing passes, in the process of the others', () => {
  expect(fileOf('clean')).toMatchObject({ status: 'passed', message: '' });
});
