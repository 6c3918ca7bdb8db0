import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../src/protocol/runner.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';
import { startTranslatingProxy, type Translation } from '../helpers/translating-proxy.ts';

let box: Box;
let directory: string;
let proxy: { url: string; close(): Promise<void> } | null = null;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-skew-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.closeRunners();
  await proxy?.close();
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What version 2 added, taken out again: how a version 1 speaks. */
const without = (field: string, body: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
const toOlder: Translation = {
  request: (path, body) => ({
    ...without('problem', body),
    ...(path === '/v1/sessions' && { protocol: PROTOCOL_VERSION - 1 }),
  }),
  reply: (_, body) => without('protocol', body),
};
/** What a version to come may do: say more, and more kinds of it. */
const toNewer: Translation = {
  request: (path, body) => {
    if (path === '/v1/sessions') return { ...body, protocol: PROTOCOL_VERSION + 1, mood: 'good' };
    if (!path.endsWith('/events')) return { ...body, mood: 'good' };
    const events = (body['events'] as { seq: number; event: { type: string } }[]).map((entry) =>
      entry.event.type === 'progress' ? { ...entry, event: { type: 'weather', degrees: 21 } } : entry,
    );
    return { ...body, events };
  },
  reply: (path, body) => {
    const more = { ...body, protocol: PROTOCOL_VERSION + 1, mood: { deep: true } };
    if (path !== '/v1/poll') return more;
    const commands = body['commands'] as unknown[];
    return { ...more, commands: commands.length > 0 ? [{ type: 'dance', attempt: 'whose' }, ...commands] : [] };
  },
};

const rewriteAsVersionOne = (path: string): void => {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => {
      if (!line.startsWith('{"kind":"life"')) return line;
      const { machines: _, ...header } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify({ ...header, version: 1 });
    });
  writeFileSync(path, lines.join('\n'));
};

const applyThrough = async (translation: Translation) => {
  proxy = await startTranslatingProxy(box.controlPlane.url, translation);
  const runner = await box.spawnRunner({ endpoint: proxy.url });
  const architecture = await box.createArchitecture('terraform');
  const dir = writeModule(join(directory, 'plain'), {
    'main.tf': 'resource "terraform_data" "one" { input = "1" }\noutput "o" { value = terraform_data.one.output }\n',
  });
  const stages = [
    [{ key: 'plan', options: { action: 'plan' } }],
    [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan' }],
  ];
  return { view: await box.finish(await box.start(architecture, dir, stages)), runner };
};

describe('a runner and a control plane that are one version apart', () => {
  it('work together where the other speaks the version before', async () => {
    const { view } = await applyThrough(toOlder);
    expect(view.status).toBe('succeeded');
    expect(view.jobs[1]?.outputs).toEqual({ o: { value: '1', sensitive: false } });
  });
  it('work together where the other speaks the version after, with fields, events and commands that are not known yet', async () => {
    const { view } = await applyThrough(toNewer);
    expect(view.status).toBe('succeeded');
    expect(view.jobs[1]?.summary).toMatchObject({ add: 1 });
    expect(await box.log(view.jobs[1] ?? { id: '' })).toContain('Apply complete!');
  });
  it('refuse each other with a sentence where they are two versions apart', async () => {
    proxy = await startTranslatingProxy(box.controlPlane.url, {
      request: (path, body) => (path === '/v1/sessions' ? { ...body, protocol: PROTOCOL_VERSION + 2 } : body),
    });
    const runner = await box.startRunner({ endpoint: proxy.url });
    expect(await runner.over).toMatchObject({ failed: true, reason: { code: 'PROTOCOL_VERSION' } });
  });
});

describe('a runner that is upgraded in the middle of an apply', () => {
  it('re-adopts what the journal of the version before tells of', async () => {
    const first = await box.spawnRunner();
    const architecture = await box.createArchitecture('terraform');
    const dir = writeModule(join(directory, 'slow'), {
      'main.tf': `resource "terraform_data" "first" { input = "1" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "sleep 2" }
}`,
    });
    const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
    const [job] = (await box.until(pipeline, (view) => view.jobs[0]?.progress?.done === 1)).jobs;
    await first.kill();
    const trace = join(first.stateDirectory, 'jobs', job?.attempt ?? '', 'trace.ndjson');
    // As the version before wrote it: its number, and without what it did not know.
    rewriteAsVersionOne(trace);
    const { token, stateDirectory, temporaryDirectory, cacheDirectory, hidden } = first.options;
    await box.spawnRunner({ token, stateDirectory, temporaryDirectory, cacheDirectory, hidden });
    const view = await box.finish(pipeline);
    expect(view.status).toBe('succeeded');
    expect(view.jobs[0]?.attempt).toBe(job?.attempt);
    expect((await box.log(view.jobs[0] ?? { id: '' })).match(/Apply complete!/g)).toHaveLength(1);
    expect(readFileSync(trace, 'utf8').match(/"kind":"life"/g)).toHaveLength(2);
  });
});
