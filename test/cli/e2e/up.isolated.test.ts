import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../helpers/tools.ts';
import { cli, makeBarePath, startCli } from './start-cli.ts';

const TIMEOUT_MS = 120_000;
let directory: string;
let data: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-up-'));
  data = join(directory, 'data');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const hasTool = (['terraform', 'tofu'] as const).some((name) => findTool(name) !== null);

describe.runIf(hasTool)('signalbox up --demo --once', () => {
  it(
    'runs Validate, Plan and Apply with live output and progress, and ends with summary, outputs and page',
    async () => {
      const { code, out, err } = await cli(['up', '--demo', '--once'], { data });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.match(/── \w+ ── \d of 3/g)).toEqual([
        '── Validate ── 1 of 3',
        '── Plan ── 2 of 3',
        '── Apply ── 3 of 3',
      ]);
      expect(out).toMatch(/Apply: \d\/6 resources, \d+ s/);
      expect(out).toContain('terraform_data.database (local-exec): preparing the disk');
      expect(out).toMatch(/Pipeline 1 of hello-terraform succeeded in \d+ s\./);
      expect(out).toContain('6 added, 0 changed, 0 destroyed');
      expect(out).toContain('greeting = "Hello, world! web.10.0.1.0/24 is up."');
      expect(out).toContain('database_password = (sensitive)');
      expect(out).not.toContain('not-a-real-password');
      expect(out).not.toContain('\u001b');
      expect(out).toMatch(/Its page: http:\/\/127\.0\.0\.1:\d+\/pipelines\/pip_[0-9a-z]{16}\n$/);
      expect(statSync(join(data, 'private', 'runner.token')).mode & 0o777).toBe(0o600);
    },
    TIMEOUT_MS,
  );

  it(
    'finds everything as it was the second time, and plans no changes',
    async () => {
      const { code, events } = await cli(['up', '--demo', '--once', '--json'], { data });
      expect(code).toBe(0);
      expect(events.at(-1)).toMatchObject({
        type: 'result',
        number: 2,
        status: 'succeeded',
        summary: { add: 0, change: 0, remove: 0 },
        outputs: { database_password: { sensitive: true } },
      });
      expect(events.filter(({ type }) => type === 'job').at(-1)).toMatchObject({ key: 'apply', status: 'succeeded' });
    },
    TIMEOUT_MS,
  );
});

describe('signalbox up', () => {
  it(
    'says in one sentence that no tool can be had, and shows a pipeline of shell steps instead',
    async () => {
      const path = makeBarePath(directory);
      const { code, out } = await cli(['up', '--demo', '--once', '--no-downloads'], {
        data: join(directory, 'bare'),
        path,
      });
      expect(code).toBe(0);
      expect(out).toMatch(/OpenTofu is not on the PATH and could not be had: .+ Install OpenTofu/);
      expect(out).toMatch(/Pipeline 1 of hello-script succeeded/);
      expect(out.match(/── \w+ ── \d of 3/g)).toEqual([
        '── Look ── 1 of 3',
        '── Build ── 2 of 3',
        '── Report ── 3 of 3',
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'takes the next free port where its own is taken, and says so',
    async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const up = startCli(['up', '--port', String(port)], { data: join(directory, 'port'), port: null });
      await up.until('It stays up until Ctrl-C.');
      up.interrupt();
      const { code, out } = await up.done;
      server.close();
      expect(code).toBe(0);
      expect(out).toContain(`Port ${port} is taken; the control plane uses `);
    },
    TIMEOUT_MS,
  );

  it(
    'refuses a data directory that another process uses, and names it',
    async () => {
      const own = join(directory, 'used');
      const up = startCli(['up'], { data: own });
      await up.until('It stays up until Ctrl-C.');
      const second = await cli(['up'], { data: own });
      up.interrupt('SIGTERM');
      expect(await up.done).toMatchObject({ code: 0, err: '' });
      expect(second.code).toBe(2);
      expect(second.err).toContain(`is in use by process ${up.child.pid}.`);
      expect(second.err).not.toContain('    at ');
    },
    TIMEOUT_MS,
  );
});
