import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeZip } from '../helpers/make-zip.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const MODULE = makeZip('main.tf', 'resource "terraform_data" "a" { input = 1 }\n');

let box: Box;
let directory: string;
/** What the module's host answers, one after the other; the last one stays. */
let answers: number[];
let asked: number;
const host = createServer((request, response) => {
  const status = answers[Math.min(asked, answers.length - 1)] ?? 200;
  // Each try asks twice, and ends with the GET.
  if (request.method === 'GET') asked += 1;
  response.writeHead(status).end(status === 200 ? MODULE : 'not now');
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-transient-'));
  asked = 0;
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  box = await startBox(directory);
  await box.startRunner();
});
afterEach(async () => {
  await box.close();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const run = async () => {
  const { port } = host.address() as AddressInfo;
  const code = `module "m" {\n  source = "http://127.0.0.1:${port}/m.zip"\n}\n`;
  const dir = writeModule(join(directory, 'code'), { 'main.tf': code });
  const architecture = await box.createArchitecture('terraform');
  const pipeline = await box.start(architecture, dir, [[{ key: 'apply', options: { action: 'apply' } }]]);
  const view = await box.finish(pipeline);
  const log = stripVTControlCharacters(await box.log({ id: view.jobs[0]?.id ?? '' }));
  return { view, log, starts: log.match(/\$ terraform init/g)?.length ?? 0 };
};

describe("a module's host", () => {
  it('that is not well twice is asked a third time, with longer pauses, and the job succeeds', async () => {
    answers = [503, 503, 200];
    const { view, log, starts } = await run();
    expect(view.status).toBe('succeeded');
    expect(starts).toBe(3);
    expect(log).toMatch(/Trying again in 1 s \(attempt 2 of 3\): .*bad response code: 503/);
    expect(log).toMatch(/Trying again in 2 s \(attempt 3 of 3\): .*bad response code: 503/);
    expect(view.jobs[0]?.summary).toMatchObject({ add: 1 });
  });

  it('that says no is asked once', async () => {
    answers = [404];
    const { view, log, starts } = await run();
    expect(view.status).toBe('failed');
    expect(starts).toBe(1);
    expect(log).not.toContain('Trying again');
  });
});
