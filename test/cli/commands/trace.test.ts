import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceCommand } from '../../../src/cli/commands/trace.ts';
import { startBox, writeModule } from '../../helpers/signalbox.ts';
import { runCommand } from './run-command.ts';

let directory: string;
/** Of a real job. */
let trace: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-trace-'));
  const box = await startBox(directory);
  const stateDirectory = join(directory, 'state');
  await box.startRunner({ stateDirectory });
  const dir = writeModule(join(directory, 'code'), { 'README.md': 'x' });
  const architecture = await box.createArchitecture('script');
  const pipeline = await box.start(architecture, dir, [[{ key: 'one', options: { script: 'echo hello' } }]]);
  const { jobs } = await box.finish(pipeline);
  await box.close();
  trace = join(stateDirectory, 'jobs', `${jobs[0]?.attempt}`, 'trace.ndjson');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const change = (name: string, edit: (text: string) => string): string => {
  const path = join(directory, name);
  writeFileSync(path, edit(readFileSync(trace, 'utf8')));
  return path;
};

describe('trace show', () => {
  it('is a timeline of every machine, whole to its end', async () => {
    const { code, text } = await runCommand(traceCommand, ['show', trace]);
    expect(code).toBe(0);
    expect(text).toMatch(/^life 1 of job_\w{16}\.1: runner runner-1, signalbox \S+, from \d{4}-/);
    expect(text).toMatch(/\+0\.\d{3} s {2}job +xstate\.init → preparing/);
    expect(text).toMatch(/s {2}job\/step\.0 +process\.exited exitCode=0 → collecting\n/);
    expect(text).toMatch(/· tells step\.finished step=script conclusion=succeeded exitCode=0\n/);
    expect(text).toContain('· log > Job succeeded.\n');
    for (const line of text.trimEnd().split('\n').slice(1))
      expect(line).toMatch(/^ *\+\d+\.\d{3} s {2}(job| {22} {2}· \w)/);
    // oxlint-disable-next-line no-control-regex
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
  });

  it('takes the folder of an attempt too, and comes as entries with --json', async () => {
    const { events } = await runCommand(traceCommand, ['show', join(trace, '..'), '--json']);
    expect(events[0]).toMatchObject({ type: 'entry', entry: { kind: 'life' } });
    expect(events).toHaveLength(readFileSync(trace, 'utf8').trimEnd().split('\n').length);
  });
});

describe('trace replay', () => {
  it('ends with 0 where the machines of today go the recorded way', async () => {
    const { code, error, text } = await runCommand(traceCommand, ['replay', trace, trace]);
    expect({ code, error }).toEqual({ code: 0, error: null });
    expect(text).toMatch(/life 1: \d+ events led \d machines where they went then\n/);
  });

  it('ends with 1 and the first difference in words where they do not', async () => {
    const path = change('tampered.ndjson', (text) => text.replace('"state":"preparing"', '"state":"dreaming"'));
    const { error } = await runCommand(traceCommand, ['replay', trace, path]);
    expect(error).toMatchObject({ code: 'TRACE_DIVERGES', exitCode: 1 });
    expect(error?.message).toBe(
      `${path}: life 1, entry 0: after \`xstate.init\` the machine at job was in \`dreaming\`, and today it goes to \`preparing\`.`,
    );
  });

  it('does not mind a torn last line', async () => {
    const path = change('torn.ndjson', (text) => text.slice(0, -20));
    expect((await runCommand(traceCommand, ['replay', path])).code).toBe(0);
  });
});

it.each([
  [[], '`trace` takes `show` or `replay`'],
  [['play', 'x'], '`trace` takes `show` or `replay`, not `play`'],
  [['show'], '`trace show` takes one file'],
  [['show', 'a', 'b'], '`trace show` takes one file'],
  [['replay'], '`trace replay` takes at least one file'],
  [['show', '/nonexistent/trace.ndjson'], 'The trace /nonexistent/trace.ndjson cannot be read: there is no such file'],
])('%j is refused in a sentence', async (argv, message) => {
  const { error } = await runCommand(traceCommand, argv);
  expect(error).toMatchObject({ code: 'USAGE', message: `${message}.`, exitCode: 2 });
});

it.each([
  ['', 'it holds no life of a job'],
  ['{"kind":"dream"}\n', 'it is no entry of a trace'],
  ['hello\n', 'it is not JSON'],
])('a file of %j is no trace', async (text, problem) => {
  const path = change('other.ndjson', () => text);
  for (const verb of ['show', 'replay']) {
    const { error } = await runCommand(traceCommand, [verb, path]);
    expect(error).toMatchObject({ code: 'TRACE_UNREADABLE', message: `${path}, line 1: ${problem}.` });
  }
});
