import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBox, writeModule, type Box, type RunnerProcess } from '../helpers/signalbox.ts';

const PATIENCE = { timeout: 10_000, interval: 20 };

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-holder-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const says = (runner: RunnerProcess, text: string | RegExp) => expect.poll(runner.output, PATIENCE).toMatch(text);
const ended = (runner: RunnerProcess) => expect.poll(() => runner.process.exitCode, PATIENCE).not.toBeNull();

describe('what one runner holds', () => {
  it('is refused to a second process on the same state directory, with who holds it', async () => {
    const first = await box.spawnRunner();
    await says(first, '"connected"');
    const second = await box.succeed(first);
    await ended(second);
    expect(second.output()).toContain(`is in use by runner process ${first.process.pid}`);
    expect(second.output()).not.toContain('"connected"');
  });

  it('is refused to a second host with the same token, with who holds it since when', async () => {
    const first = await box.spawnRunner({ name: 'first-host' });
    await says(first, '"connected"');
    const second = await box.spawnRunner({ name: 'second-host', token: first.options.token });
    await ended(second);
    expect(second.output()).toMatch(
      /in use by another live runner, first-host, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
    );
    // The first is none the worse for it.
    const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
    const architecture = await box.createArchitecture('script');
    const pipeline = await box.start(architecture, dir, [[{ key: 'job', options: { script: 'echo hello' } }]]);
    expect((await box.finish(pipeline)).jobs[0]).toMatchObject({ status: 'succeeded', runner: { name: 'first-host' } });
  });

  it('goes over at once to the next process of the same instance, killed or not', async () => {
    const first = await box.spawnRunner();
    await says(first, '"connected"');
    await first.kill();
    const second = await box.succeed(first);
    await says(second, '"connected"');
    expect(second.output()).not.toContain('in use');
  });
});
