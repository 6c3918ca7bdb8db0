import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-rest-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});
const filesBelow = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const at = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(at) : entry.isFile() ? [at] : [];
  });

it("nothing of source, plan, state or secrets lies readable in the control plane's data", async () => {
  await box.startRunner();
  const architecture = await box.createArchitecture('terraform');
  const text = `
# SOURCE-MARKER-5b1d
variable "password" {
  type      = string
  sensitive = true
}
resource "terraform_data" "one" { input = var.password }
`;
  const dir = writeModule(join(directory, 'shop'), { 'main.tf': text });
  const secrets = [{ name: 'password', as: 'variable' as const, value: 'SECRET-MARKER-77aa' }];
  const stages = [
    [{ key: 'plan', options: { action: 'plan' } }],
    [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan' }],
  ];
  const view = await box.finish(await box.start(architecture, dir, stages, { secrets }));
  expect(view.status).toBe('succeeded');
  const state = Buffer.from(
    await (await box.callRaw('GET', `/api/architectures/${architecture.id}/states/latest`)).arrayBuffer(),
  );
  expect(state.toString()).toContain('SECRET-MARKER-77aa');

  await box.closeRunners();
  await box.takeDown();
  const files = filesBelow(join(directory, 'data'));
  expect(files.length).toBeGreaterThan(50);
  const readable = files.filter((file) => /MARKER-(5b1d|77aa)/.test(readFileSync(file, 'latin1')));
  expect(readable).toEqual([]);
  const open = files.filter(
    (file) => /key|token|secret/.test(file.slice(directory.length)) && (statSync(file).mode & 0o077) !== 0,
  );
  expect(open).toEqual([]);
  await box.bringBack();
});
