import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startBox, writeModule } from '../helpers/signalbox.ts';

// A runner that is not heard of for two and a half seconds of served time loses its job.
const timers = {
  leaseMs: 1500,
  renewMs: 200,
  tickMs: 50,
  lostMs: { read: 1000, idempotent: 1000, irreversible: 60_000 },
};
const OUTAGE_MS = 3500;

it(
  'an outage longer than lease and patience together expires no lease: the job is the same attempt afterwards',
  { timeout: 120_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbx-outage-lease-'));
    const box = await startBox(directory, { timers });
    try {
      await box.spawnRunner();
      const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
      const script = `echo began; while [ ! -e ${directory}/go ]; do sleep 0.02; done; echo ended`;
      const architecture = await box.createArchitecture('script');
      const pipeline = await box.start(architecture, dir, [[{ key: 'job', options: { script, effect: 'read' } }]]);
      await box.until(pipeline, ({ jobs }) => jobs[0]?.steps.length === 1);
      await box.takeDown();
      // Time itself is what is tested: nothing happens in it that could be waited for.
      await wait(OUTAGE_MS);
      await box.bringBack();
      writeFileSync(join(directory, 'go'), '');
      const [job] = (await box.finish(pipeline)).jobs;
      expect(job).toMatchObject({ status: 'succeeded', attempt: `${job?.id}.1` });
    } finally {
      await box.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
