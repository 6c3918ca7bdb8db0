import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceView, PipelineView, ResolveAs } from '../../src/protocol/rest.ts';
import { createFaultProxy } from '../helpers/fault-proxy.ts';
import { loseHost } from '../helpers/lose-host.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

/** The second resource takes as long as it is told to. */
const SLOW = `
variable "seconds" { type = string }
resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "slow" {
  input = terraform_data.first.id
  provisioner "local-exec" { command = "sleep \${var.seconds}" }
}
output "last" { value = terraform_data.slow.output }
`;
const APPLY = [[{ key: 'apply', options: { action: 'apply' } }]];
const SLOW_ADDRESS = 'terraform_data.slow';

let box: Box;
let directory: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-reconcile-'));
  const lostMs = { read: 1000, idempotent: 1000, irreversible: 1000 };
  box = await startBox(directory, { timers: { leaseMs: 2000, renewMs: 300, tickMs: 50, lostMs } });
});
afterEach(async () => {
  await box.closeRunners();
  for (const close of closing.splice(0)) await close();
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

const createShop = async () => {
  const architecture = await box.createArchitecture('terraform', 'shop');
  const dir = writeModule(join(directory, 'shop'), { 'main.tf': SLOW });
  return (seconds: number) => box.start(architecture, dir, APPLY, { variables: { seconds: String(seconds) } });
};
const jobOf = ({ jobs: [job] }: PipelineView) => {
  if (!job) throw new Error('a pipeline without a job');
  return job;
};
const readEvidence = (pipeline: PipelineView) =>
  box.call<EvidenceView>('GET', `/api/jobs/${jobOf(pipeline).id}/evidence`);
const resolve = (pipeline: PipelineView, as: ResolveAs, reason = '') =>
  box.call<PipelineView>('POST', `/api/pipelines/${pipeline.id}/resolve`, { as, reason });
const readNewest = async ({ architecture }: PipelineView) =>
  await box.call<{ serial: number; resources: { name: string }[] }>(
    'GET',
    `/api/architectures/${architecture.id}/states/latest`,
  );

/** Resolves with the first evidence of which it is true; it is looked at whenever the pipeline has changed. */
const untilEvidence = async (
  pipeline: PipelineView,
  isThere: (view: EvidenceView) => boolean,
): Promise<EvidenceView> => {
  let { version } = await box.until(pipeline, ({ jobs: [job] }) => job?.attempt !== null);
  for (;;) {
    const view = await readEvidence(pipeline);
    if (isThere(view)) return view;
    // A state or a late message changes no view of it.
    const path = `/api/pipelines/${pipeline.id}?after=${version}&waitMs=100`;
    ({ version } = await box.call<PipelineView>('GET', path));
  }
};
const isSlow = (view: EvidenceView) => view.inFlight.some(({ address }) => address === SLOW_ADDRESS);

/** Several runs of a real tool, and hosts that are given up in between. */
const LONG_MS = 180_000;

describe('a host that is gone for good in the middle of an apply', { timeout: LONG_MS }, () => {
  it('leaves the finished resources in the state, the one in flight named, and the next apply waiting until it is settled', async () => {
    const start = await createShop();
    const first = await box.spawnRunner({ name: 'fra-1' });
    const pipeline = await start(600);
    await untilEvidence(pipeline, (view) => isSlow(view) && view.state.after !== null);
    await loseHost(first);
    const lost = await box.finish(pipeline);
    expect(lost).toMatchObject({ status: 'error', jobs: [{ conclusion: 'needsReconciliation' }] });
    expect(jobOf(lost).reason?.message).toMatch(
      /^The runner fra-1 has not been heard since .* UTC; `terraform_data\.slow` was being created\.$/,
    );
    const stored = (await readNewest(pipeline)).resources.map(({ name }) => name);
    expect(stored).toContain('first');
    expect(await readEvidence(pipeline)).toMatchObject({
      open: true,
      state: { before: null, after: { serial: expect.any(Number) } },
      inFlight: [{ address: SLOW_ADDRESS, action: 'create' }],
      unrecorded: [],
      lock: { job: jobOf(lost).id, fence: 1, runner: { name: 'fra-1' } },
    });

    const second = await box.spawnRunner();
    const next = await start(600);
    expect(jobOf(await box.until(next, ({ jobs: [job] }) => job?.waitsFor !== null)).waitsFor).toContain(
      `\`signalbox pipeline resolve ${pipeline.id} --as accept|import|push|discard\``,
    );
    await resolve(pipeline, 'accept');
    await untilEvidence(next, isSlow);
    await loseHost(second);
    expect((await box.finish(next)).status).toBe('error');
    await resolve(next, 'discard', 'a drill');

    await box.spawnRunner();
    const last = await box.finish(await start(0));
    expect(last.status).toBe('succeeded');
    expect(
      (await box.call<{ lockedBy: string | null }>('GET', `/api/architectures/${last.architecture.id}`)).lockedBy,
    ).toBeNull();
  });

  it('is settled by an import of what was made and never came into the state', async () => {
    const start = await createShop();
    const first = await box.spawnRunner({ endpoint: await withoutState() });
    const pipeline = await start(600);
    await untilEvidence(pipeline, (view) => isSlow(view) && view.unrecorded.length === 1);
    await loseHost(first);
    await box.finish(pipeline);
    const { unrecorded, importBlocks, state } = await readEvidence(pipeline);
    expect(unrecorded).toEqual([{ address: 'terraform_data.first', id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(importBlocks).toContain('to = terraform_data.first\n');
    expect(state.after).toBeNull();

    const waiting = await start(0);
    const resolution = jobOf(await resolve(pipeline, 'import')).reconciliation?.resolution;
    await box.spawnRunner();
    const imported = await box.finish({ id: resolution?.pipeline ?? '' });
    expect(imported).toMatchObject({ status: 'succeeded', jobs: [{ title: 'Import', summary: { import: 1 } }] });
    expect(jobOf(await box.call('GET', `/api/pipelines/${pipeline.id}`)).reconciliation?.open).toBe(false);
    const last = await box.finish(waiting);
    expect(last.status).toBe('succeeded');
    const log = await box.log(jobOf(last));
    expect(log).toContain(`terraform_data.first: Modifying... [id=${unrecorded[0]?.id}]`);
    expect(log).not.toContain('terraform_data.first: Creating');
  });
});

describe('a host that was cut off in the middle of an apply', { timeout: LONG_MS }, () => {
  it('is refused when it comes back, all that it brings is kept, and its state can be made the newest one', async () => {
    const start = await createShop();
    const proxy = await createFaultProxy({ target: box.controlPlane.url });
    closing.push(proxy.close);
    await box.spawnRunner({ endpoint: proxy.url });
    const pipeline = await start(4);
    await untilEvidence(pipeline, (view) => isSlow(view) && view.state.after !== null);
    proxy.partition('cut');
    expect((await box.finish(pipeline)).status).toBe('error');
    proxy.heal();
    const evidence = await untilEvidence(pipeline, ({ captured }) =>
      ['state', 'result'].every((wanted) => captured.some(({ kind }) => kind === wanted)),
    );
    expect(evidence.captured.every(({ refused }) => refused !== null)).toBe(true);
    expect((await box.call<PipelineView>('GET', `/api/pipelines/${pipeline.id}`)).status).toBe('error');

    await resolve(pipeline, 'push', 'it went to its end');
    expect((await readNewest(pipeline)).resources.map(({ name }) => name).toSorted()).toEqual(['first', 'slow']);
    const last = await box.finish(await start(4));
    expect(last).toMatchObject({ status: 'succeeded', jobs: [{ summary: { add: 0, change: 0, remove: 0 } }] });
  });
});

/** In front of the control plane, which never hears of a state. */
const withoutState = async (): Promise<string> => {
  const target = new URL(box.controlPlane.url);
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    if (method === 'PUT' && path.includes('/state?')) {
      incoming.resume().once('end', () => outgoing.writeHead(503).end());
      return;
    }
    const { hostname: host, port } = target;
    const options = { host, port, method, path, headers: { ...headers, host: target.host }, agent: false };
    const forwarded = request(options, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    forwarded.once('error', () => incoming.socket.destroy());
    outgoing.once('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
