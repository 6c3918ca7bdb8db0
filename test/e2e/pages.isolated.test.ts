import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildUi } from '../../scripts/build-ui.ts';
import { CHROMIUM, startBrowser } from '../helpers/browser.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

let box: Box;
let directory: string;
beforeAll(async () => {
  await buildUi({ ifStale: true });
  directory = mkdtempSync(join(tmpdir(), 'sbx-pages-'));
  box = await startBox(directory);
});
afterAll(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!existsSync(CHROMIUM))('the pages of a real control plane', () => {
  it("show a job's live output and its machine's live state to whoever opened the link, and to nobody else", async () => {
    const runner = await box.startRunner({ name: 'fra-1' });
    const architecture = await box.createArchitecture('script', 'web-shop');
    const dir = writeModule(join(directory, 'script'), { 'note.txt': 'x\n' });
    const gate = join(directory, 'gate');
    const script = `echo begin; while [ ! -e ${gate} ]; do sleep 0.05; done; echo end`;
    const pipeline = await box.start(architecture, dir, [[{ key: 'wait', title: 'Wait', options: { script } }]]);
    const browser = await startBrowser();
    try {
      const stranger = await browser.newPage();
      await stranger.goto(`${box.controlPlane.url}/pipelines/${pipeline.id}`);
      expect(await stranger.textContent('body')).not.toContain('web-shop');

      const page = await browser.newPage();
      await page.goto(await box.controlPlane.browserLink());
      await page.getByText('web-shop').first().click();
      await page.getByText('begin', { exact: true }).first().waitFor();
      await page.getByText('Machine', { exact: true }).first().click();
      await page.locator('[data-state].lit').first().waitFor();
      await box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
      await page.getByText('terminated').first().waitFor();
    } finally {
      await browser.close();
      await runner.close();
    }
  });

  it('let a person kill what cannot be undone, in two acts, and settle what nobody knows about it', async () => {
    const runner = await box.startRunner({ name: 'fra-2' });
    const architecture = await box.createArchitecture('script', 'bench');
    const dir = writeModule(join(directory, 'forced'), { 'note.txt': 'x\n' });
    const script = "trap '' INT; echo begun; while :; do sleep 0.05; done";
    const options = { script, effect: 'irreversible' };
    const pipeline = await box.start(architecture, dir, [[{ key: 'load', title: 'Load', options }]]);
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(await box.controlPlane.browserLink());
      await page.goto(`${box.controlPlane.url}/pipelines/${pipeline.id}`);
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      await page.getByText('begun', { exact: true }).first().waitFor();
      await press(`Stop pipeline ${pipeline.number}`);
      await press(`Yes, stop pipeline ${pipeline.number}`);
      await press('Force');
      await press(`Yes, kill script of pipeline ${pipeline.number}`);
      await page.getByRole('heading', { name: 'Load needs reconciliation' }).waitFor();
      await page.getByLabel('Reason').fill('it was a test');
      await press('Discard it');
      await press('Yes: discard it');
      await page.getByRole('heading', { name: 'Load was reconciled' }).waitFor();
      expect(await page.locator('.resolved').innerText()).toContain('it was a test');
    } finally {
      await browser.close();
      await runner.close();
    }
  });
});
