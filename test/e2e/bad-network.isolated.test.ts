import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFaultProxy, type Exchange, type Weather } from '../helpers/fault-proxy.ts';
import { startBox, writeModule, type Box, type Kind } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-network-'));
  // Renewed so often that a job of a second has many replies to lose.
  box = await startBox(directory, { timers: { renewMs: 300 } });
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
const toScript = (effects: string) =>
  `printf x >>${effects}; for i in $(seq 40); do echo "line $i"; sleep 0.02; done; echo to-stderr >&2`;
const toModule = (effects: string) => `
resource "terraform_data" "first" {
  input = "1"
  provisioner "local-exec" { command = "printf x >>${effects}" }
}
resource "terraform_data" "last" { input = terraform_data.first.output }
output "last" { value = terraform_data.last.output }
`;

describe('a network that loses or delays', () => {
  it.each<{ name: string; weather: Partial<Weather> }>([
    { name: 'half of all replies are lost', weather: { dropShare: 0.5 } },
    { name: 'every reply is late', weather: { delayMs: 300 } },
  ])('$name: no job is lost, and none runs twice', { timeout: 120_000 }, async ({ weather }) => {
    const exchanges: Exchange[] = [];
    const onExchange = (exchange: Exchange) => exchanges.push(exchange);
    const proxy = await createFaultProxy({ target: box.controlPlane.url, seed: 5, onExchange });
    try {
      proxy.set(weather);
      await box.spawnRunner({ endpoint: proxy.url });
      const run = async (kind: Kind, effect: string, index: number) => {
        const name = `${kind}-${effect}-${Object.keys(weather)[0]}-${index}`;
        const effects = join(directory, `effects-${name}`);
        const dir = writeModule(join(directory, name), { 'main.tf': kind === 'script' ? '' : toModule(effects) });
        const options = kind === 'script' ? { script: toScript(effects), effect } : { action: 'apply' };
        const pipeline = await box.start(await box.createArchitecture(kind), dir, [[{ key: 'job', options }]]);
        const [job] = (await box.finish(pipeline)).jobs;
        return { kind, job, log: await box.log(job ?? { id: '' }), starts: readFileSync(effects).length };
      };
      const wanted = [
        ...['idempotent', 'irreversible'].map((effect) => ['script', effect] as const),
        ['terraform', 'apply'] as const,
      ];
      const done = await Promise.all(wanted.map(([kind, effect], index) => run(kind, effect, index)));
      for (const { kind, job, log, starts } of done) {
        expect(job).toMatchObject({ status: 'succeeded', attempt: `${job?.id}.1` });
        expect(starts).toBe(1);
        const shown = log.split('\n');
        if (kind === 'script') expect(shown.filter((line) => line.startsWith('line '))).toEqual(LINES);
        else expect(job?.outputs).toEqual({ last: { value: '1', sensitive: false } });
        expect(shown.filter((line) => line.includes('Job succeeded.'))).toHaveLength(1);
        expect(Buffer.byteLength(log)).toBe(job?.logBytes);
      }
      const lost = exchanges.filter(({ status, isDelivered }) => status !== null && !isDelivered).length;
      if (weather.dropShare) expect(lost / exchanges.length).toBeGreaterThan(0.25);
    } finally {
      await box.closeRunners();
      await proxy.close();
    }
  });
});
