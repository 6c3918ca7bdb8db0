import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../src/actors/world.ts';
import { SignalboxError } from '../../src/protocol/errors.ts';
import { readTrace } from '../../src/trace/read.ts';
import { replayLife } from '../../src/trace/replay.ts';
import { createOddClock } from '../helpers/odd-clock.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-retry-'));
  box = await startBox(directory);
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const silence = () => new SignalboxError('CONTROL_PLANE_UNREACHABLE', { endpoint: 'nowhere', problem: 'it is a test' });
/** A world whose source bundles cannot be fetched until so many tries were made. */
const withoutBundles =
  (failures: number) =>
  (world: World): World => {
    let left = failures;
    return {
      ...world,
      api: {
        ...world.api,
        attempt: (options) => {
          const api = world.api.attempt(options);
          return {
            ...api,
            readArtifact: (sha256) => (left-- > 0 ? Promise.reject(silence()) : api.readArtifact(sha256)),
          };
        },
      },
    };
  };
/** A world whose first process cannot be started. */
const withoutFirstProcess = (world: World): World => {
  let isFirst = true;
  return {
    ...world,
    processes: {
      ...world.processes,
      start: (spec) => {
        const fails = isFirst;
        isFirst = false;
        if (!fails) return world.processes.start(spec);
        return Promise.reject(
          new SignalboxError('STEP_NOT_STARTED', { step: spec.program, problem: 'no process left' }),
        );
      },
    },
  };
};
const startScript = async (options: object) => {
  const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
  return box.start(await box.createArchitecture('script'), dir, [
    [{ key: 'job', options: { script: 'echo one', ...options } }],
  ]);
};

describe('a job', () => {
  it('that cannot be prepared because the control plane is silent tries again until it can, and says so', async () => {
    const clock = createOddClock({ speed: 20 });
    const stateDirectory = join(directory, 'prepared', 'state');
    await box.startRunner({ clock, stateDirectory, changeWorld: withoutBundles(7) });
    const view = await box.finish(await startScript({}));
    expect(view.status).toBe('succeeded');
    const [job] = view.jobs;
    const log = await box.log(job ?? { id: '' });
    expect(log.match(/Trying again in \d+ s \(attempt \d\): The control plane at nowhere/g)).toHaveLength(7);
    expect(log).toContain('Trying again in 5 s (attempt 8)');
    expect(log.match(/Job taken by runner/g)).toHaveLength(1);
    const trace = join(stateDirectory, 'jobs', `${job?.attempt}`, 'trace.ndjson');
    const [life] = readTrace(readFileSync(trace, 'utf8'), trace);
    const states = life?.entries.flatMap((entry) =>
      entry.kind === 'event' && entry.to === 'job' ? [entry.state] : [],
    );
    expect(states?.filter((state) => state === 'retrying').length).toBeGreaterThanOrEqual(7);
    expect(life && replayLife(life).divergence).toBeNull();
  });

  it('is ended in that pause when it is stopped', async () => {
    await box.startRunner({ changeWorld: withoutBundles(Infinity) });
    const pipeline = await startScript({});
    await box.until(pipeline, ({ jobs }) => jobs[0]?.machines.some(({ state }) => state === 'retrying') ?? false);
    await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
    const view = await box.finish(pipeline);
    expect(view.jobs[0]).toMatchObject({ status: 'terminated', reason: { code: 'STEP_CANCELLED' } });
  });

  it('whose tool cannot be downloaded gives up after five tries, with the reason', async () => {
    const clock = createOddClock({ speed: 50 });
    await box.startRunner({ clock, releasesUrl: { terraform: 'http://127.0.0.1:9' } });
    const wish = { name: 'of another version', kind: 'terraform', toolVersion: '1.0.0' };
    const architecture = await box.call<{ id: string }>('POST', '/api/architectures', wish);
    const dir = writeModule(join(directory, 'tool'), { 'main.tf': '# nothing\n' });
    const pipeline = await box.start(architecture, dir, [[{ key: 'check', options: { action: 'validate' } }]]);
    const view = await box.finish(pipeline);
    expect(view.jobs[0]).toMatchObject({ status: 'failed', reason: { code: 'TOOL_UNREACHABLE' } });
    const log = await box.log(view.jobs[0] ?? { id: '' });
    const told = [...log.matchAll(/Trying again in (\d+) s \(attempt (\d) of 5\)/g)].map(([, pause, next]) => [
      pause,
      next,
    ]);
    expect(told).toEqual([
      ['1', '2'],
      ['2', '3'],
      ['4', '4'],
      ['8', '5'],
    ]);
  });
});

describe('a step whose process cannot be started', () => {
  it.each([
    ['idempotent', 'is tried again', 'succeeded', 1],
    ['irreversible', 'has failed', 'failed', 0],
  ] as const)('and that is %s %s', async (effect, _, status, retries) => {
    await box.startRunner({ clock: createOddClock({ speed: 20 }), changeWorld: withoutFirstProcess });
    const view = await box.finish(await startScript({ effect }));
    expect(view.status).toBe(status);
    const log = await box.log(view.jobs[0] ?? { id: '' });
    expect(log.match(/Trying again in 1 s \(attempt 2 of 2\): Step `sh` could not be started/g) ?? []).toHaveLength(
      retries,
    );
  });
});
