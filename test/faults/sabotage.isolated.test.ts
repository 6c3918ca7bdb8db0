import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isThorough } from '../helpers/thorough.ts';
import { TOOLS } from '../helpers/tools.ts';
import { openBox, type Box } from './box/box.ts';
import { cutOffRunner, killInApply, loseReplies, LOST_MS } from './drills.ts';
import type { Facts } from './facts.ts';
import { judge } from './judge.ts';
import { bundlePrograms, type Programs } from './programs.ts';
import {
  ADOPTS_NOTHING,
  BELIEVES_EVERY_LOG,
  breakText,
  FORGETS_THE_FENCE,
  toPlugin,
  type Sabotage,
} from './sabotage.ts';

const TIMEOUT_MS = 120_000;
const hasTerraform = TOOLS.some(({ name, tool }) => name === 'terraform' && tool !== null);

let box: Box | null = null;
let programs: Programs | null = null;
afterEach(async () => {
  await box?.close();
  if (box) rmSync(box.directory, { recursive: true, force: true });
  await programs?.remove();
  [box, programs] = [null, null];
}, TIMEOUT_MS);

const open = async (sabotage: Sabotage): Promise<Box> => {
  programs = await bundlePrograms([toPlugin(sabotage)]);
  const lostMs = { read: LOST_MS, idempotent: LOST_MS, irreversible: 600_000 };
  return openBox({
    programs,
    directory: mkdtempSync(join(tmpdir(), 'sbf-')),
    runners: 2,
    slots: 2,
    seed: 1,
    timers: { leaseMs: 1000, renewMs: 300, tickMs: 200, lostMs },
  });
};
const drill = async (sabotage: Sabotage, run: (box: Box) => Promise<Facts>): Promise<string[]> => {
  box = await open(sabotage);
  return [...new Set((await judge(await run(box))).map(({ law }) => law))];
};

describe.skipIf(!hasTerraform)('the fault suite', { timeout: TIMEOUT_MS }, () => {
  it('finds nothing in the product as it is, in the very drills in which it finds what is broken', async () => {
    box = await open([]);
    for (const run of isThorough ? [killInApply, loseReplies, cutOffRunner] : [cutOffRunner])
      expect(await judge(await run(box))).toEqual([]);
  });

  it('fails a control plane that forgets the fence', async () => {
    expect(await drill(FORGETS_THE_FENCE, cutOffRunner)).toContain('lost or reordered states');
  });

  it.runIf(isThorough)('fails a runner that does not adopt what its predecessor started', async () => {
    expect(await drill(ADOPTS_NOTHING, killInApply)).toContain('lost results');
  });

  it.runIf(isThorough)('fails a control plane that adds a piece of log again when it comes again', async () => {
    expect(await drill(BELIEVES_EVERY_LOG, loseReplies)).toContain('log mismatches');
  });

  it('says so where a place to break has moved', () => {
    const patch = { file: 'server/served.ts', from: 'not in it', to: '' };
    expect(() => breakText('a source', [patch])).toThrow('server/served.ts has no `not in it` to break');
  });
});
