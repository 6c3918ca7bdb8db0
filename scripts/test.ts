/**
 * Runs the tests against the real parts that this host has, and says which it has not. Arguments go on to vitest:
 * `npm test -- test/io`. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addTemplate } from './build.ts';
import { findParts } from './test/find-parts.ts';
import { type TestReport, toSummary } from './test/to-summary.ts';

const ROOT = join(import.meta.dirname, '..');

const runVitest = (args: string[], env: NodeJS.ProcessEnv): Promise<number> =>
  new Promise((resolve) => {
    const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args];
    const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: 'inherit' });
    // The terminal's Ctrl-C reaches vitest by itself; we stay to clean up.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', () => resolve(1)).once('exit', (code) => resolve(code ?? 1));
  });

const readReport = (path: string): TestReport | null => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestReport;
  } catch {
    return null;
  }
};

const parts = await findParts();
// Tests make many new databases; from a template each takes a fifth of the time.
await addTemplate(join(ROOT, 'src/server/store'));
const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
const out = join(directory, 'report.json');
const { TF_CLI_CONFIG_FILE: _, ...host } = process.env;
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${out}`];
const code = await runVitest([...reporters, ...process.argv.slice(2)], { ...host, ...parts.env });
const summary = toSummary(readReport(out), code);
await parts.stop();
rmSync(directory, { recursive: true, force: true });
for (const line of parts.missed) console.log(line);
console.log(summary.line);
process.exitCode = summary.exitCode;
