import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelineCommand } from '../../../src/cli/commands/pipeline.ts';
import type { AttemptEvent } from '../../../src/protocol/attempt.ts';
import { appendEvents } from '../../../src/server/attempts/append-events.ts';
import { permit } from '../../../src/server/attempts/permit.ts';
import { putState } from '../../../src/server/attempts/put-state.ts';
import { claim } from '../../../src/server/runners/claim.ts';
import { openSession } from '../../../src/server/runners/open-session.ts';
import { poll } from '../../../src/server/runners/poll.ts';
import { startBox, writeModule, type Box } from '../../helpers/signalbox.ts';
import { runCommand } from './run-command.ts';

let directory: string;
let box: Box;
let count = 0;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-pipeline-'));
  const lostMs = { read: 100, idempotent: 100, irreversible: 100 };
  box = await startBox(directory, { timers: { leaseMs: 500, tickMs: 10, lostMs } });
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...argv: string[]) => runCommand(pipelineCommand, argv, { data: join(directory, 'data') });

const toState = (serial: number, names: string[]) => {
  const resources = names.map((name) => ({
    mode: 'managed',
    type: 'sim',
    name,
    instances: [{ attributes: { id: `${name}-1` } }],
  }));
  const bytes = Buffer.from(JSON.stringify({ version: 4, lineage: 'one', serial, resources }));
  return { bytes, head: { lineage: 'one', serial, sha256: createHash('sha256').update(bytes).digest('hex') } };
};
const line = (name: string, moment: 'started' | 'completed', id: string | null = null): AttemptEvent => ({
  type: 'resource',
  address: `sim.${name}`,
  action: 'create',
  moment,
  id,
});

/** An apply that a runner began and never came back from: `a` is stored, `b` was made, `c` was in flight. */
const lose = async (name: string) => {
  const { context } = box.controlPlane;
  const architecture = await box.createArchitecture('terraform', name);
  const dir = writeModule(join(directory, `code-${++count}`), { 'main.tf': '' });
  const pipeline = await box.start(architecture, dir, [
    [{ key: 'apply', title: 'Apply', options: { action: 'apply' } }],
  ]);
  const request = {
    instanceId: 'an-instance',
    bootId: 'a-boot-id',
    name: 'fra-1',
    version: '1',
    slots: 1,
    running: [],
  };
  const { token } = await box.createToken();
  const session = await openSession(context, { ...request, protocol: 2, token });
  const asking = { session: session.session, token: session.token, ack: 0, free: 1, waitMs: 0, problem: null };
  const [offer] = (await poll(context, asking, new AbortController().signal)).commands;
  if (offer?.type !== 'offer') throw new Error('nothing was offered');
  const taken = await claim(context, { ...asking, attempt: offer.attempt });
  const lease = { attempt: offer.attempt, fence: taken.fence, token: taken.jobToken };
  await permit(context, { ...lease, step: 'apply' });
  await putState(context, { ...lease, ...toState(2, ['a']) });
  const told = [
    line('a', 'started'),
    line('a', 'completed', 'a-1'),
    line('b', 'started'),
    line('b', 'completed', 'b-1\u001b[31m'),
    line('c', 'started'),
  ];
  await appendEvents(context, { ...lease, events: told.map((event, seq) => ({ seq, at: 0, event })) });
  await box.finish(pipeline);
  await putState(context, { ...lease, ...toState(3, ['a', 'b']) }).catch(() => null);
  return { pipeline, lease, architecture };
};

describe('a change that was lost', () => {
  it('is shown, its evidence is told in plain text with what to do next, and it is settled once', async () => {
    const { pipeline, lease } = await lose('shop');
    const shown = await run('show', 'shop/1');
    expect(shown.text).toContain('Pipeline 1 of shop (w');
    expect(shown.text).toContain('Apply:\n  The runner fra-1 has not been heard since ');
    expect(shown.text).toContain(`signalbox pipeline evidence ${pipeline.id}`);

    const { text, code } = await run('evidence', pipeline.id);
    expect(code).toBe(0);
    expect(text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'THEN').replace(/evd_\w+/, 'EVIDENCE')).toBe(
      [
        'The runner fra-1 has not been heard since THEN UTC; `sim.c` was being created.',
        '',
        `Job      ${lease.attempt}, of shop`,
        'State    none → serial 2',
        `Lock     ${lease.attempt.replace(/\.1$/, '')} on fra-1, fence 1, since THEN UTC`,
        '',
        'In flight when it was last heard:',
        '  sim.c: create, begun THEN UTC',
        '',
        'Made, and not in the newest state:',
        '  sim.b: id b-1',
        '',
        'To import them by code:',
        '  import {',
        '    to = sim.b',
        '    id = "b-1\\u001b[31m"',
        '  }',
        '',
        'Kept, and not used:',
        `  ID${' '.repeat(20)}KIND   STATE     REFUSED AS      AT`,
        '  EVIDENCE  state  serial 3  STATE_NOT_HELD  THEN UTC',
        '',
        'What you can do next:',
        `  signalbox pipeline resolve ${pipeline.id} --as accept                  the newest stored state is right as it is`,
        `  signalbox pipeline resolve ${pipeline.id} --as import                  a pipeline imports what the state lacks`,
        `  signalbox pipeline resolve ${pipeline.id} --as push                    the captured state becomes the newest one`,
        `  signalbox pipeline resolve ${pipeline.id} --as discard --reason 'WHY'  nothing of it matters any more`,
        `  signalbox state push 'shop' FILE${' '.repeat(45)}a state that you have put right by hand`,
        '',
        'First make sure that its host is gone: one that is only cut off goes on, and what it does afterwards is in no state.',
        '',
      ].join('\n'),
    );
    expect((await run('evidence', 'shop/1', '--json')).events).toMatchObject([
      { type: 'evidence', open: true, attempt: lease.attempt, captured: [{ kind: 'state' }] },
    ]);

    const settled = await run('resolve', 'shop/1', '--as', 'push', '--reason', 'it is whole');
    expect(settled.text).toMatch(/^Settled as `push` by operator, .* UTC: it is whole\nshop may be changed again\.\n$/);
    expect((await run('show', 'shop/1')).text).toContain('  Settled as `push` by operator, ');
    expect((await run('evidence', 'shop/1')).text).not.toContain('What you can do next');
    expect((await run('resolve', 'shop/1', '--as', 'accept')).error).toMatchObject({
      code: 'NOTHING_TO_RESOLVE',
      exitCode: 1,
      message: `The pipeline ${pipeline.id} has nothing to resolve: operator has settled it already (push).`,
    });
  });

  it('is settled by an import in a pipeline of its own, which is named', async () => {
    await lose('bank');
    const ran = await run('resolve', 'bank/1', '--as', 'import', '--json');
    expect(ran.events).toMatchObject([
      { type: 'resolved', resolution: { as: 'import', pipeline: expect.any(String) } },
    ]);
    expect((await run('list', '--architecture', 'bank')).text).toMatch(/bank\/2 +Import what pipeline 1 left +pending/);
    const stopped = await run('stop', 'bank/2', '--reason', 'wrong');
    expect(stopped.text).toBe('Pipeline 2 is terminated.\n');
    expect((await run('resolve', 'bank/1', '--as', 'discard')).error?.message).toMatch(/`discard` needs a reason\.$/);
  });
});

describe('pipelines', () => {
  it('are listed, the newest first, and stopped', async () => {
    const architecture = await box.createArchitecture('terraform', 'plain');
    const dir = writeModule(join(directory, `code-${++count}`), { 'main.tf': '' });
    const pipeline = await box.start(architecture, dir, [[{ key: 'plan', options: { action: 'plan' } }]]);
    const { events, text } = await run('list', '--limit', '1', '--json');
    expect({ events, text }).toMatchObject({ events: [{ type: 'pipeline', id: pipeline.id }], text: '' });
    expect((await run('show', 'plain/1')).text).toMatch(/\nplan:\n {2}\S.* runner.*\.\n/);
    expect((await run('evidence', 'plain/1')).error).toMatchObject({ code: 'NOTHING_TO_RESOLVE' });
    expect((await run('stop', pipeline.id, '--force', '--json')).events).toMatchObject([
      { type: 'stopped', force: true, status: 'terminated' },
    ]);
  });
});

it.each([
  [['show', 'nothing/1'], 'ARCHITECTURE_UNKNOWN', 'There is no architecture nothing.'],
  [['show', 'pip_0000000000000000'], 'NOT_FOUND', 'There is no pipeline pip_0000000000000000.'],
  [['show', 'x'], 'NOT_FOUND', 'There is no pipeline x.'],
  [['show'], 'USAGE', '`pipeline show` takes the id of a pipeline, which `pipeline list` shows.'],
  [['show', 'a/1', 'b'], 'USAGE', '`pipeline show` does not take `b`.'],
  [['show', 'a/1', '--force'], 'USAGE', '`pipeline show` takes no `--force`.'],
  [['list', 'a'], 'USAGE', '`pipeline list` does not take `a`.'],
  [['resolve', 'a/1'], 'USAGE', '`pipeline resolve` takes `--as accept`, `import`, `push` or `discard`.'],
  [['resolve', 'a/1', '--as', 'accept', '--evidence', 'e'], 'USAGE', '`--evidence` belongs to `--as push`.'],
  [['forget'], 'USAGE', '`pipeline` takes `list`, `show`, `stop`, `evidence` or `resolve`, not `forget`.'],
])('%j is refused in a sentence', async (argv, code, message) => {
  expect((await run(...argv)).error).toMatchObject({ code, message, exitCode: 2 });
});
