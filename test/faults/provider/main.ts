// node test/faults/provider/main.ts --cloud DIR: serves `sim_object`, and says on its first line where Terraform finds it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClock } from '../../../src/io/clock.ts';
import { createCloud } from '../cloud/cloud.ts';
import { createProvider } from './create-provider.ts';
import { listen } from './listen.ts';
import { loadServices } from './protocol/load-services.ts';
import { toReattach } from './to-reattach.ts';

/** A socket's path has at most 107 bytes; the name that is added here has 12. */
const MAX_FOLDER_BYTES = 90;

const { values } = parseArgs({
  options: {
    cloud: { type: 'string' },
    /** Ends when the standard input does, so that it never outlives who started it. */
    'tie-to-stdin': { type: 'boolean', default: false },
    'watched-pid': { type: 'string' },
  },
});
if (values.cloud === undefined) throw new Error('--cloud DIR is missing');

const clock = createClock();
const cloud = createCloud(values.cloud, clock);
const folder = mkdtempSync(join(Buffer.byteLength(tmpdir()) > MAX_FOLDER_BYTES ? '/tmp' : tmpdir(), 'sim-'));
const end = (): never => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (values['tie-to-stdin']) process.stdin.on('end', end).on('error', end).resume();

const { provider, health } = loadServices();
const path = join(folder, 's');
await listen(path, () => {
  const { methods, end } = createProvider({ cloud, clock });
  const services = [
    { definition: provider, methods },
    { definition: health, methods: { Check: () => ({ status: 'SERVING' }) } },
  ];
  return { services, end };
});
process.stdout.write(`${toReattach(path, Number(values['watched-pid'] ?? toWatchedPid()))}\n`);

/**
 * Terraform takes a provider for dead within a second when it cannot signal its pid, and in a PID namespace of its own
 * this process has none. The first process is there in every namespace, and root may always signal it.
 */
function toWatchedPid(): number {
  return process.getuid?.() === 0 ? 1 : process.pid;
}
