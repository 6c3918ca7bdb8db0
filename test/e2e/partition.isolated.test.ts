import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFaultProxy, type FaultProxy } from '../helpers/fault-proxy.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

// The protocol's own times, a hundred times shorter.
const timers = {
  offerMs: 1000,
  leaseMs: 600,
  renewMs: 150,
  tickMs: 50,
  lostMs: { read: 400, idempotent: 1000, irreversible: 60_000 },
};

const PATIENCE = { timeout: 10_000, interval: 20 };

let box: Box;
let directory: string;
let proxy: FaultProxy;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-partition-'));
  box = await startBox(directory, { timers });
  proxy = await createFaultProxy({ target: box.controlPlane.url });
});
afterEach(() => box.closeRunners());
afterAll(async () => {
  await box.close();
  await proxy.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string): string => join(directory, name);
/** Says whose it is, waits until it is let go, and says how it ended. */
const toScript = (name: string): string => `
trap 'echo "$WHO interrupted"; touch ${directory}/${name}-$WHO-interrupted; exit 3' INT
echo "$WHO began"
while [ ! -e ${directory}/${name}-$WHO-go ]; do sleep 0.02; done
echo "$WHO ended"
touch ${directory}/${name}-$WHO-ended`;
const start = async (name: string) => {
  const dir = writeModule(file('script'), { 'note.txt': 'x\n' });
  const options = { script: toScript(name), effect: 'read' };
  return box.start(await box.createArchitecture('script'), dir, [[{ key: 'job', options }]]);
};
const spawn = (who: string, endpoint: string) =>
  box.spawnRunner({ endpoint, name: who, passEnvironment: ['WHO'] }, { WHO: who });

describe('two runners, one of them partitioned', () => {
  it.each(['cut', 'silent'] as const)(
    'gives a read job to the other after its lost time, and of the first takes neither log nor result (%s)',
    async (kind) => {
      const [one, two] = [`one-${kind}`, `two-${kind}`];
      await spawn(one, proxy.url);
      const ends = await start(`ends-${kind}`);
      const stays = await start(`stays-${kind}`);
      for (const pipeline of [ends, stays]) await box.until(pipeline, ({ jobs }) => (jobs[0]?.logBytes ?? 0) > 0);
      const begun = async (pipeline: { id: string }, who: string) => {
        const view = await box.until(pipeline, ({ jobs }) => jobs[0]?.runner?.name === who && jobs[0].steps.length > 0);
        await expect.poll(async () => box.log(view.jobs[0] ?? { id: '' }), PATIENCE).toContain(`${who} began`);
      };
      await begun(ends, one);
      await begun(stays, one);

      proxy.partition(kind);
      writeFileSync(file(`ends-${kind}-${one}-go`), '');
      await expect.poll(() => existsSync(file(`ends-${kind}-${one}-ended`)), PATIENCE).toBe(true);
      await spawn(two, box.controlPlane.url);
      await begun(ends, two);
      await begun(stays, two);
      proxy.heal();

      // The one that still ran hears that it is no longer wanted; the one that had ended offers what it has.
      await expect.poll(() => existsSync(file(`stays-${kind}-${one}-interrupted`)), PATIENCE).toBe(true);
      const [job] = ends.jobs;
      if (!job) throw new Error('no job');
      await expect
        .poll(async () => (await box.evidence(job, 1)).map((kept) => kept.kind), PATIENCE)
        .toContain('result');
      const evidence = await box.evidence(job, 1);
      expect(evidence.every(({ body }) => body['refused'] === 'FENCED')).toBe(true);
      expect(evidence.find((kept) => kept.kind === 'result')?.body['result']).toMatchObject({
        conclusion: 'succeeded',
      });
      expect(
        evidence
          .filter((kept) => kept.kind === 'log')
          .map(({ body }) => body['end'])
          .join(''),
      ).toContain('ended');

      for (const name of ['ends', 'stays']) writeFileSync(file(`${name}-${kind}-${two}-go`), '');
      for (const pipeline of [ends, stays]) {
        const [after] = (await box.finish(pipeline)).jobs;
        expect(after).toMatchObject({ status: 'succeeded', attempt: `${after?.id}.2`, runner: { name: two } });
        const log = await box.log(after ?? { id: '' });
        expect(log).toContain(`${two} ended`);
        expect(log).not.toContain(one);
      }
    },
  );
});
