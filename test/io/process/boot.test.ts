import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { createProcesses } from '../../../src/io/process/processes.ts';
import { createTempDir } from '../../helpers/temp-dir.ts';

describe('a reboot of the host', () => {
  it('makes nobody of a pid and start time that fit by chance', async () => {
    const directory = createTempDir();
    const dir = join(directory, 'step');
    const clock = createClock();
    const processes = await createProcesses({ clock });
    const spec = { program: 'sleep', args: ['60'], cwd: directory, env: { PATH: process.env['PATH'] ?? '' } };
    const rest = { stderr: 'merged', softSignal: 'leader', mount: null, hide: [], exclusive: null } as const;
    const running = await processes.start({ dir, ...spec, ...rest });
    onTestFinished(() => running.force());
    await expect.poll(() => existsSync(join(dir, 'pid'))).toBe(true);

    const adopted = await processes.adopt(dir);
    expect(adopted).toMatchObject({ pid: running.pid, startTime: running.startTime });
    adopted?.release();

    // Its lock does not outlive a boot either: only the numbers are left.
    writeFileSync(join(dir, 'boot'), 'another boot');
    const elsewhere = await processes.adopt(dir);
    expect(elsewhere?.pid).toBe(0);
    elsewhere?.release();
    writeFileSync(join(dir, 'boot'), '');
  });
});
