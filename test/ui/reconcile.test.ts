import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildUi } from '../../scripts/build-ui.ts';
import type { EvidenceView, JobView, PipelineView } from '../../src/protocol/rest.ts';
import { CHROMIUM, startBrowser } from '../helpers/browser.ts';
import { createBlockedView, createEvidenceView, IMPORT_BLOCKS } from '../helpers/evidence-view.ts';
import { createPipelineView, NOON } from '../helpers/pipeline-view.ts';
import { startUiServer, type UiServer } from '../helpers/ui-server.ts';

describe.skipIf(!existsSync(CHROMIUM))('in a browser', () => {
  let directory: string;
  let browser: Browser;
  let server: UiServer;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'signalbox-ui-')), 'ui');
    await buildUi({ out: directory });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await rm(join(directory, '..'), { recursive: true });
  });
  beforeEach(async () => {
    server = await startUiServer(directory);
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.text().includes('Content Security') && complaints.push(message.text()));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
    expect(complaints).toEqual([]);
  });

  const open = async (more: Partial<EvidenceView> = {}): Promise<{ view: PipelineView; evidence: EvidenceView }> => {
    const view = createBlockedView();
    const evidence = createEvidenceView(view, more);
    server.put(view);
    server.putEvidence(evidence);
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.getByRole('heading', { name: /^Apply (needs reconciliation|was reconciled)$/ }).waitFor();
    return { view, evidence };
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

  test('what is known stands before the output: state, lock, what was in flight, and what the state lacks', async () => {
    await open();
    const text = (await page.locator('.evidence').innerText()).replaceAll(/\s+/g, ' ');
    expect(text).toContain('Nobody knows how far it came. web-shop-staging takes no further change');
    expect(text).toContain('serial 4 of 5f0c81aa → serial 6 of 5f0c81aa');
    expect(text).toContain('held for fra-2 since');
    expect(text).toContain('aws_subnet.a["x"] create, begun');
    expect(text).toContain('aws_vpc.main vpc-0a1 random_pet.name no id is known');
    expect(text).toContain('result');
    expect(await page.getByRole('listitem').filter({ hasText: 'end unknown' }).innerText()).toContain('apply');
    const [known, output] = await Promise.all(['.evidence', '.log'].map((one) => page.locator(one).boundingBox()));
    expect(known?.y).toBeLessThan(output?.y ?? 0);
  });

  test('the import blocks are copied whole', async () => {
    await open();
    await press('Copy import blocks');
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(IMPORT_BLOCKS);
  });

  test('a resolution is asked once more, sent with its reason, and what was done is shown', async () => {
    const { view, evidence } = await open();
    await page.getByLabel('Reason').fill(' looked at the console ');
    await press('Accept the state');
    expect(server.acts).toEqual([]);
    const by = { by: 'local operator', at: NOON, reason: 'looked at the console', pipeline: null };
    server.putEvidence({ ...evidence, open: false, lock: null, resolution: { as: 'accept', ...by } });
    await press('Yes: accept the state');
    await page.getByRole('heading', { name: 'Apply was reconciled' }).waitFor();
    await page.getByText('The state was accepted as it is by local operator').waitFor();
    expect(server.acts).toEqual([
      `POST /api/pipelines/${view.id}/resolve {"as":"accept","reason":"looked at the console","evidence":null}`,
    ]);
    expect(await page.getByRole('button', { name: 'Discard it' }).count()).toBe(0);
    expect(await page.getByText('nobody holds it').count()).toBe(1);
  });

  test('discarding needs a reason, and one says which captured state is pushed', async () => {
    const { view } = await open();
    expect(await page.getByRole('button', { name: 'Discard it' }).isDisabled()).toBe(true);
    await press('Push a captured state');
    await page.getByLabel('Which one').selectOption('evd_1');
    await press('Yes: push a captured state');
    await expect.poll(() => server.acts.at(-1)).toContain('{"as":"push","reason":"","evidence":"evd_1"}');
    await page.getByLabel('Reason').fill('a test bench');
    await press('Discard it');
    await press('Yes: discard it');
    await expect
      .poll(() => server.acts.at(-1))
      .toBe(`POST /api/pipelines/${view.id}/resolve {"as":"discard","reason":"a test bench","evidence":null}`);
  });

  test('what cannot be done says why', async () => {
    await open({ unrecorded: [], importBlocks: '', captured: [], inFlight: [], lock: null });
    for (const name of ['Import what is missing', 'Push a captured state']) {
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    for (const text of ['There is nothing to import', 'No state was captured', 'Nothing was in flight']) {
      expect(await page.getByText(text).count()).toBe(1);
    }
  });

  test('while an import runs the block stands, and its pipeline is one click away', async () => {
    const pipeline = 'pip_0000000000000043';
    const resolution = { as: 'import', reason: '', by: 'ada', at: NOON, pipeline } as const;
    await open({ resolution });
    await page.getByText('must succeed first').waitFor();
    expect(await page.getByRole('link', { name: 'The pipeline that imports' }).getAttribute('href')).toBe(
      `/pipelines/${pipeline}`,
    );
  });

  test('it is all reached and done from the keyboard', async () => {
    await open();
    await page.getByLabel('Reason').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Accept the state' }).waitFor();
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    const isFocused = (name: string) =>
      page.getByRole('button', { name, exact: true }).and(page.locator(':focus')).waitFor();
    await isFocused('Accept the state');
    for (const key of ['Enter', 'Tab']) await page.keyboard.press(key);
    await isFocused('Yes: accept the state');
    await page.keyboard.press('Enter');
    await expect.poll(() => server.acts.at(-1)).toContain('"as":"accept"');
  });

  test.for([390, 1024])('it fits into %d pixels, light and dark, with names of 200 characters', async (width) => {
    const address = `module.${'a-name-without-end-'.repeat(10)}.x`;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await open({
        inFlight: [{ address, action: 'create', id: address, at: NOON }],
        importBlocks: `to = ${address}\n`,
      });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });

  const withStep = (key: string, more: Partial<PipelineView> = {}): PipelineView => {
    const view = createPipelineView(more);
    const step = { key, command: key, conclusion: null, exitCode: null, startedAt: NOON, finishedAt: null };
    const change = (job: JobView): JobView => (job.key === 'apply' ? { ...job, steps: [step] } : job);
    return { ...view, jobs: view.jobs.map(change) };
  };
  const stopped = { reason: { code: 'PIPELINE_STOPPED', message: 'Stopped: by the operator.' } };

  test('an apply is killed only after a stop, by a second act that says what it means', async () => {
    const view = withStep('apply');
    server.put(view);
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await press('Stop pipeline 42');
    expect(await page.getByRole('button', { name: 'Force' }).count()).toBe(0);
    await press('Yes, stop pipeline 42');
    await press('Force');
    await page.getByText('Apply will need reconciliation, and web-shop-staging takes no change').waitFor();
    expect(server.acts).toHaveLength(1);
    await press('Yes, kill apply of pipeline 42');
    await page.getByText('What still runs is being killed.').waitFor();
    expect(server.acts.at(-1)).toBe(
      `POST /api/pipelines/${view.id}/stop {"reason":"killed by the operator","force":true}`,
    );
  });

  test('somebody else may force what was asked to stop, and a plan is never forced', async () => {
    const view = withStep('import-2', stopped);
    server.put(view);
    await page.goto(`${server.url}/pipelines/${view.id}`);
    await page.getByRole('button', { name: 'Force' }).waitFor();
    server.put(withStep('plan', stopped));
    await page.getByText('Asked to stop.').waitFor();
    expect(await page.getByRole('button', { name: /Force|Stop/ }).count()).toBe(0);
  });

  test('a runner that takes nothing new says why, and a job says what it waits for in the same words', async () => {
    const problem = { code: 'DISK_FULL', message: 'Its disk is full.', hint: 'Make room in its state directory.' };
    const runner = { version: '1', createdAt: NOON, lastSeenAt: NOON, revokedAt: null, jobs: [], problem: null };
    server.setRunners([
      { ...runner, id: 'rnr_0000000000000001', name: 'fra-1', status: 'online', problem },
      { ...runner, id: 'rnr_0000000000000002', name: 'fra-2', status: 'offline' },
      { ...runner, id: 'rnr_0000000000000003', name: 'old', status: 'revoked', problem },
    ]);
    await page.goto(server.url);
    await page.getByText('fra-1 takes nothing new.').waitFor();
    const text = (await page.locator('.runners').innerText()).replaceAll(/\s+/g, ' ');
    expect(text).toBe(
      '1 runner online, 1 offline fra-1 takes nothing new. Its disk is full. Make room in its state directory. DISK_FULL',
    );
    const waitsFor = 'No runner takes jobs. fra-1: Its disk is full.';
    const view = createPipelineView({ status: 'pending' });
    const jobs = view.jobs.map((job) => (job.key === 'apply' ? { ...job, status: 'pending' as const, waitsFor } : job));
    server.put({ ...view, jobs });
    await page.goto(`${server.url}/pipelines/${view.id}?job=apply`);
    await page.locator('.job-side', { hasText: waitsFor }).waitFor();
  });
});
