import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOOLS } from '../helpers/tools.ts';
import { startBox, writeModule, type Box } from '../helpers/signalbox.ts';

const CODE = 'resource "terraform_data" "made" {}\nresource "terraform_data" "found" { count = 2 }\n';
const imports = [0, 1].map((index) => ({ address: `terraform_data.found[${index}]`, id: `id-${index}` }));

let box: Box;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-import-'));
  box = await startBox(directory);
});
afterEach(async () => {
  await box.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.each(TOOLS)('$title', ({ tool }) => {
  it.skipIf(tool === null)(
    'an import job writes the managed state, and the next plan wants only the rest',
    async () => {
      await box.startRunner({ terraformPath: tool?.path ?? null });
      const architecture = await box.createArchitecture(tool?.name === 'tofu' ? 'opentofu' : 'terraform');
      const dir = writeModule(join(directory, 'code'), { 'main.tf': CODE });
      const run = async (options: object) => {
        const view = await box.finish(await box.start(architecture, dir, [[{ key: 'it', options: { ...options } }]]));
        expect(view.jobs[0]?.reason).toBeNull();
        expect(view.status).toBe('succeeded');
        return view.jobs[0];
      };
      const imported = await run({ action: 'import', imports });
      expect(imported?.summary).toMatchObject({ import: 2, add: 0 });
      expect(imported?.steps.map(({ key, conclusion }) => `${key} ${conclusion}`)).toEqual([
        'init succeeded',
        'import succeeded',
        'import-2 succeeded',
      ]);
      expect((await run({ action: 'plan' }))?.summary).toMatchObject({ add: 1, change: 0, remove: 0 });
      const again = await run({ action: 'import', imports: imports.slice(0, 1) });
      expect(again?.summary).toMatchObject({ import: 0 });
      expect(await box.log({ id: again?.id ?? '' })).toContain('is in the state already: nothing was imported.');
    },
  );
});
