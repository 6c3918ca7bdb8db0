import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../src/actors/world.ts';
import { createOddClock, type OddClock } from '../helpers/odd-clock.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const HOUR_MS = 3_600_000;

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-clock-'));
  box = await startBox(directory, { timers: { leaseMs: 3000, renewMs: 300 } });
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A job that runs until it is told to end. */
const startHeld = async (name: string, effect = 'idempotent') => {
  const [begun, end] = [join(directory, `${name}.begun`), join(directory, `${name}.end`)];
  const script = `touch ${begun}; until [ -e ${end} ]; do sleep 0.05; done; echo over`;
  const dir = writeModule(join(directory, name), { 'note.txt': 'x\n' });
  const architecture = await box.createArchitecture('script');
  const pipeline = await box.start(architecture, dir, [[{ key: 'job', options: { script, effect } }]]);
  return {
    pipeline,
    hasBegun: () => expect.poll(() => existsSync(begun), { timeout: 15_000 }).toBe(true),
    end: () => writeFileSync(end, ''),
  };
};
/** Tells how many renewals of leases were answered. */
const countRenewals =
  (seen: { renewals: number }) =>
  (world: World): World => ({
    ...world,
    api: {
      ...world.api,
      attempt: (options) => {
        const api = world.api.attempt(options);
        const renew: typeof api.renew = async (request) => {
          const reply = await api.renew(request);
          seen.renewals += 1;
          return reply;
        };
        return { ...api, renew };
      },
    },
  });

describe('a clock that jumps by an hour, and a host that sleeps for one', () => {
  it.each([
    ['ahead', (clock: OddClock) => clock.jump(HOUR_MS)],
    ['back', (clock: OddClock) => clock.jump(-HOUR_MS)],
    ['asleep', (clock: OddClock) => clock.sleep(HOUR_MS)],
  ])('%s: no lease is lost by it, and no timeout fires early', async (name, disturb) => {
    const clock = createOddClock();
    // Half an hour at most for a job: an hour that counted would end it at once.
    const seen = { renewals: 0 };
    await box.startRunner({ clock, maxExecutionMs: HOUR_MS / 2, changeWorld: countRenewals(seen) });
    const { pipeline, hasBegun, end } = await startHeld(name);
    await hasBegun();
    disturb(clock);
    const before = seen.renewals;
    await expect.poll(() => seen.renewals, { timeout: 15_000 }).toBeGreaterThan(before + 2);
    end();
    const view = await box.finish(pipeline);
    expect(view).toMatchObject({ status: 'succeeded', jobs: [{ attempt: `${pipeline.jobs[0]?.id}.1` }] });
  });

  it('does not cut the time of a job that the next process takes over', async () => {
    const first = await box.spawnRunner({ maxExecutionMs: HOUR_MS / 2 });
    const { pipeline, hasBegun, end } = await startHeld('adopted');
    await hasBegun();
    await first.kill();
    const clock = createOddClock();
    clock.jump(HOUR_MS);
    const { logger: _, ...kept } = first.options;
    await box.startRunner({ ...kept, clock });
    await box.until(
      pipeline,
      ({ jobs }) =>
        jobs[0]?.machines.some(({ path, state }) => path === 'job/step.0' && state === 'active.running') ?? false,
    );
    end();
    expect((await box.finish(pipeline)).status).toBe('succeeded');
  });

  it('never lets an irreversible step start with a permit from before a sleep', async () => {
    const clock = createOddClock();
    let permits = 0;
    await box.startRunner({
      clock,
      stateDirectory: join(directory, 'permit', 'state'),
      changeWorld: (world) => ({
        ...world,
        api: {
          ...world.api,
          attempt: (options) => {
            const api = world.api.attempt(options);
            const permit: typeof api.permit = async (step) => {
              const reply = await api.permit(step);
              permits += 1;
              // The lid is closed before the step could start.
              if (permits === 1) clock.sleep(HOUR_MS);
              return reply;
            };
            return { ...api, permit };
          },
        },
      }),
    });
    const { pipeline, hasBegun, end } = await startHeld('permit-script', 'irreversible');
    await hasBegun();
    expect(permits).toBe(2);
    end();
    const view = await box.finish(pipeline);
    expect(view.status).toBe('succeeded');
    const trace = readFileSync(
      join(directory, 'permit', 'state', 'jobs', `${view.jobs[0]?.attempt}`, 'trace.ndjson'),
      'utf8',
    );
    expect(trace.match(/"mark":"permit"/g)).toHaveLength(2);
    expect(trace.match(/"type":"process.started"/g)).toHaveLength(1);
  });
});
