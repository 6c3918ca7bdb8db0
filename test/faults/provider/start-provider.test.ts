import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../../helpers/temp-dir.ts';
import { startProvider } from './start-provider.ts';

const toSocket = (reattach: string): string => JSON.parse(reattach)['registry.terraform.io/signalbox/sim'].Addr.String;

describe('a simulated provider', () => {
  it('is the same under the addresses of Terraform and of OpenTofu', async () => {
    const provider = await startProvider(createTempDir(), { watchedPid: 4242 });
    const entries = JSON.parse(provider.reattach);
    await provider.stop();
    const entry = {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: 4242,
      Test: true,
      Addr: { Network: 'unix', String: toSocket(provider.reattach) },
    };
    expect(entries).toEqual({
      'registry.terraform.io/signalbox/sim': entry,
      'registry.opentofu.org/signalbox/sim': entry,
    });
  });

  it('is gone when it was stopped, and its socket with it', async () => {
    const provider = await startProvider(createTempDir());
    const socket = toSocket(provider.reattach);
    expect(existsSync(socket)).toBe(true);
    await provider.stop();
    expect(existsSync(dirname(socket))).toBe(false);
    expect(() => process.kill(provider.pid, 0)).toThrow('ESRCH');
  });

  it('ends with its input where it is tied to it', async () => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, '--cloud', createTempDir(), '--tie-to-stdin'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
    expect(existsSync(dirname(toSocket(line)))).toBe(false);
  });

  it('says that it could not start', async () => {
    await expect(startProvider('/dev/null/cloud')).rejects.toThrow(/ended before it listened: [^]*ENOTDIR/);
  });
});
