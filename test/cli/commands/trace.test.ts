import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
  trace = join(stateDirectory, 'jobs', `${jobs[0]?.attempt}`, 'trace.ndjson');
  await vi.waitFor(() => expect(readFileSync(trace, 'utf8')).toContain('"xstate.done.actor.seal"'));
  await box.close();
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
    expect(text).toContain('the job came to its end\n');
  });

  it('comes as one line of JSON for each life and each end, and for the divergence', async () => {
    const whole = await runCommand(traceCommand, ['replay', trace, '--json']);
    expect(whole.events).toMatchObject([
      { type: 'replay', path: trace, life: 1, machines: 4 },
      { type: 'end', path: trace, end: 'over', isChecked: true },
    ]);
    const path = change('dreams.ndjson', (text) => text.replace('"state":"preparing"', '"state":"dreaming"'));
    const { events, error } = await runCommand(traceCommand, ['replay', path, '--json']);
    expect(events).toMatchObject([{ type: 'divergence', path, kind: 'state', life: 1, seq: 0 }]);
    expect(error?.exitCode).toBe(1);
  });

  it('ends with 1 where a trace was changed after it was sealed, in whatever it was', async () => {
    const path = change('renamed.ndjson', (text) => text.replace('"runner":"runner-1"', '"runner":"runner-2"'));
    const { error } = await runCommand(traceCommand, ['replay', path]);
    expect(error).toMatchObject({ code: 'TRACE_DIVERGES', exitCode: 1 });
    expect(error?.message).toBe(`${path}: life 1, the trace was changed after it was sealed.`);
  });

  it('ends with 2 where the format is from the future', async () => {
    const path = change('future.ndjson', (text) => text.replace('"version":2', '"version":3'));
    const { error } = await runCommand(traceCommand, ['replay', path]);
    expect(error).toMatchObject({ code: 'TRACE_TOO_NEW', exitCode: 2 });
  });

  it('ends with 1 and the first difference in words where they do not', async () => {
    const path = change('tampered.ndjson', (text) => text.replace('"state":"preparing"', '"state":"dreaming"'));
    const { error } = await runCommand(traceCommand, ['replay', trace, path]);
    expect(error).toMatchObject({ code: 'TRACE_DIVERGES', exitCode: 1 });
    expect(error?.message).toBe(
      `${path}: life 1, entry 0: after \`xstate.init\` the machine at job was in \`dreaming\`, and today it goes to \`preparing\`.`,
    );
  });

  it('does not mind a torn last line, and says that the trace ends before its job', async () => {
    const path = change('torn.ndjson', (text) => text.slice(0, -20));
    const { code, text } = await runCommand(traceCommand, ['replay', path]);
    expect(code).toBe(0);
    expect(text).toContain('it was sealed before the job came to its end\n');
    const begun = change('begun.ndjson', (whole) => `${whole.split('\n').slice(0, 9).join('\n')}\n`);
    expect((await runCommand(traceCommand, ['replay', begun])).text).toContain('it ends before the job does');
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
