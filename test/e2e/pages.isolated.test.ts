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
});
