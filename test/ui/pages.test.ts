import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildUi, measureUi } from '../../scripts/build-ui.ts';
import type { JobView, PipelineView } from '../../src/protocol/rest.ts';
import { startBrowser, CHROMIUM } from '../helpers/browser.ts';
import { createPipelineView } from '../helpers/pipeline-view.ts';
import { startUiServer, type UiServer } from '../helpers/ui-server.ts';

let directory: string;
beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'signalbox-ui-')), 'ui');
  await buildUi({ out: directory });
});
afterAll(() => rm(join(directory, '..'), { recursive: true }));

test('the whole UI is at most 60 KiB gzipped, pictures of machines aside', async () => {
  const { files, gzippedBytes } = await measureUi(directory);
  expect(files).toBeGreaterThan(3);
  expect(gzippedBytes).toBeLessThanOrEqual(60 * 1024);
});

if (!existsSync(CHROMIUM)) console.log(`The pages were not tested: there is no ${CHROMIUM}.`);

describe.skipIf(!existsSync(CHROMIUM))('in a browser', () => {
  let browser: Browser;
  let server: UiServer;
  let page: Page;
  let elsewhere: string[];
  let complaints: string[];
  beforeAll(async () => {
    browser = await startBrowser();
  }, 30_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await startUiServer(directory);
    page = await browser.newPage();
    [elsewhere, complaints] = [[], []];
    page.on('request', (request) => request.url().startsWith(server.url) || elsewhere.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.text().includes('Content Security') && complaints.push(message.text()));
  });
  afterEach(async () => {
    await page.close();
    await server.close();
    expect(elsewhere, 'requested from elsewhere').toEqual([]);
    expect(complaints).toEqual([]);
  });

  const start = async (more: Partial<PipelineView> = {}): Promise<{ view: PipelineView; apply: JobView }> => {
    const view = createPipelineView(more);
    server.put(view);
    const apply = view.jobs.at(-1);
    if (apply === undefined) throw new Error('no jobs');
    return { view, apply };
  };
  const withApply = (view: PipelineView, change: Partial<JobView>): PipelineView => ({
    ...view,
    jobs: view.jobs.map((job) => (job.key === 'apply' ? { ...job, ...change } : job)),
  });

  test('an empty list teaches the one command that fills it', async () => {
    await page.goto(server.url);
    await page.getByText('npx signalbox run ./dir').waitFor();
  });

  test('a new pipeline appears in the list by itself, and a click opens it', async () => {
    await page.goto(server.url);
    await page.getByText('No pipeline has run yet').waitFor();
    const { view } = await start();
    await page.locator('[data-pipeline="42"]').click();
    await page.getByRole('heading', { name: 'web-shop-staging #42' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/pipelines/${view.id}`);
    await page.goBack();
    await page.locator('[data-pipeline="42"]').waitFor();
  });

  test("a running job's state is lit, and the light moves with it", async () => {
    const { view, apply } = await start();
    await page.goto(`${server.url}/pipelines/${view.id}?tab=machine`);
    const lit = (state: string) => page.locator(`.sc-state.lit[data-state="${state}"]`);
    await lit('executing.running').waitFor();
    expect(await page.locator('.sc-state.within').getAttribute('data-state')).toBe('executing');
    const machines = apply.machines.map((one) => (one.machine === 'job' ? { ...one, state: 'reporting' } : one));
    server.put(withApply(view, { machines }));
    await lit('reporting').waitFor();
    expect(await page.locator('.sc-state.lit').count()).toBe(1);
    await page.getByRole('link', { name: 'step.1' }).click();
    await lit('active.running').waitFor();
    await page.reload();
    await lit('active.running').waitFor();
  });

  test('output appears as it is written, and its end is followed until somebody scrolls up', async () => {
    const { view, apply } = await start();
    server.write(apply.id, 'terraform_data.first: \u001B[32mCreating...\u001B[0m\n');
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.locator('.ansi-green', { hasText: 'Creating...' }).waitFor();
    server.write(apply.id, `${'more\n'.repeat(3000)}the last one so far\n`);
    await page.getByText('the last one so far').waitFor();
    await page.locator('.log-list').hover();
    await page.mouse.wheel(0, -2000);
    await page.getByRole('button', { name: 'Follow f', exact: true }).waitFor();
    server.write(apply.id, `${'more\n'.repeat(500)}newer still\n`);
    await page.locator('.log-space[style*="70060px"]').waitFor();
    expect(await page.getByText('newer still').count()).toBe(0);
    await page.locator('.log-list').press('f');
    await page.getByText('newer still').waitFor();
  });

  test('a log of 200 000 lines keeps the page small, and a line in the address is shown', async () => {
    const { view, apply } = await start();
    server.write(apply.id, Array.from({ length: 200_000 }, (_, index) => `line ${index + 1} of many`).join('\n'));
    server.seal(apply.id);
    await page.goto(`${server.url}/pipelines/${view.id}?line=150000`);
    await page.locator('.log-row.chosen', { hasText: 'line 150000 of many' }).waitFor();
    expect(await page.locator('.log-row').count()).toBeLessThan(120);
    await page.locator('.log-list').press('/');
    await page.keyboard.type('line 199999 ');
    await page.keyboard.press('Enter');
    await page.locator('.log-row.chosen.hit', { hasText: 'line 199999 of many' }).waitFor();
    expect(new URL(page.url()).searchParams.get('line')).toBe('199999');
  });

  test('a lost connection is said, what is shown stays, and it goes on by itself', async () => {
    await start();
    await page.goto(server.url);
    await page.locator('[data-pipeline="42"]').waitFor();
    server.setDown(true);
    await page.getByText('Connection lost, retrying').waitFor();
    expect(await page.locator('[data-pipeline="42"]').count()).toBe(1);
    server.setDown(false);
    await page.getByText('Connection lost, retrying').waitFor({ state: 'detached' });
  });

  test('stopping asks once more and then stops', async () => {
    const { view } = await start();
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.getByRole('button', { name: 'Stop pipeline 42' }).click();
    expect(server.acts).toEqual([]);
    await page.getByRole('button', { name: 'Yes, stop pipeline 42' }).click();
    await expect.poll(() => server.acts).toEqual([`POST /api/pipelines/${view.id}/stop {}`]);
  });

  test('a job that waits for a person is approved beside its plan, with a comment', async () => {
    const { view, apply } = await start();
    server.put(
      withApply({ ...view, status: 'manual' }, { status: 'manual', phase: 'idle', waitsFor: 'Waits for approval.' }),
    );
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.getByLabel('Comment').fill('looks right');
    await page.getByRole('button', { name: 'Approve Apply' }).click();
    await expect.poll(() => server.acts).toEqual([`POST /api/jobs/${apply.id}/approve {"comment":"looks right"}`]);
  });

  test('a failed job says why before its output', async () => {
    const { view } = await start({ status: 'failed', finishedAt: 1 });
    const reason = { code: 'TOOL_FAILED', message: 'Unsupported argument on main.tf line 12.', hint: 'Correct it.' };
    server.put(withApply({ ...view }, { status: 'failed', phase: 'failed', conclusion: 'failed', reason }));
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.getByText('Unsupported argument on main.tf line 12.').waitFor();
    const [why, output] = await Promise.all(['.reason', '.log'].map((one) => page.locator(one).boundingBox()));
    expect(why?.y).toBeLessThan(output?.y ?? 0);
  });

  test('a sensitive output is named and never shown, and an unknown pipeline is a sentence', async () => {
    const { view } = await start();
    await page.goto(`${server.url}/pipelines/${view.id}?tab=changes`);
    await page.getByRole('row', { name: 'database_password sensitive, not shown' }).waitFor();
    await page.getByText('+6').waitFor();
    await page.goto(`${server.url}/pipelines/pip_gone`);
    await page.getByRole('heading', { name: 'There is no pipeline pip_gone.' }).waitFor();
  });

  test.for([390, 1024, 1920])('names of 200 characters do not push the page wider than %d pixels', async (width) => {
    const name = 'a-name-without-end-'.repeat(11).slice(0, 200);
    const { view } = await start({ architecture: { id: 'arc_0000000000000001', name }, workflow: name });
    server.put(withApply(view, { title: name, notes: [{ level: 'error', message: name }] }));
    await page.setViewportSize({ width, height: 900 });
    for (const path of ['/', `/pipelines/${view.id}?job=apply`]) {
      await page.goto(server.url + path);
      await page.getByTitle(name).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });
});
