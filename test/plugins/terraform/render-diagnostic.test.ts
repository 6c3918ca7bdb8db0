import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMessage } from '../../../src/plugins/terraform/message.ts';
import { createStreamReader } from '../../../src/plugins/terraform/stream.ts';
import { createSpec, runPlugin, toFlat, writeFiles } from '../../helpers/run-plugin.ts';
import { TOOLS } from '../../helpers/tools.ts';

/** Warnings and errors of many kinds in one apply: a failing check, a forgotten object, two failing provisioners. */
const BEFORE = 'resource "terraform_data" "gone" {}\n';
const AFTER = `
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
resource "terraform_data" "é" { input = { deep = ["x", "y"] } }
check "health" {
  assert {
    condition     = terraform_data.é.output.deep[0] == "ü" && terraform_data.é.id != "x"
    error_message = "Health is poor, and this sentence is long enough to be wrapped by whoever draws a box around it."
  }
}
resource "terraform_data" "bad" {
  count = 2
  provisioner "local-exec" {
    command = "echo 'last words'; exit 3"
  }
}
`;

describe.each(TOOLS)('$title', ({ tool }) => {
  let dir = '';
  let lines: string[] = [];
  beforeAll(() => {
    if (tool === null) return;
    dir = mkdtempSync(join(tmpdir(), 'signalbox-diagnostic-'));
    const spec = createSpec(tool.name === 'tofu' ? 'opentofu' : 'terraform', { action: 'apply' });
    writeFiles(dir, { 'main.tf': BEFORE });
    runPlugin(tool, dir, spec);
    writeFiles(dir, { 'main.tf': AFTER });
    const { raw } = runPlugin(tool, dir, spec);
    lines = `${raw['plan']}${raw['apply']}`.split('\n');
  });
  afterAll(() => {
    if (dir !== '') rmSync(dir, { recursive: true, force: true });
  });
  const render = (some: readonly string[]) => {
    const reader = createStreamReader('apply');
    return some.map((line) => reader.line(line).text).join('');
  };

  test.skipIf(tool === null)('no word of a diagnostic is lost', () => {
    const diagnostics = lines.flatMap((line) => readMessage(line)?.diagnostic ?? []);
    const text = toFlat(render(lines));
    expect(diagnostics.length).toBeGreaterThanOrEqual(5);
    for (const { summary, detail, range, snippet } of diagnostics) {
      expect(text).toContain(toFlat(`${summary} `));
      expect(text).toContain(toFlat(` ${detail.trim()} `));
      if (range) expect(text).toContain(`on ${range.filename} line ${range.start.line}`);
      if (snippet) expect(text).toContain(toFlat(` ${snippet.code.trim()} `));
      for (const { traversal, statement } of snippet?.values ?? []) expect(text).toContain(`${traversal} ${statement}`);
    }
  });

  test.skipIf(tool === null)('what was rendered of a stream stays as it is when the stream goes on', () => {
    const whole = render(lines);
    for (let cut = 0; cut <= lines.length; cut += 1) {
      const part = render(lines.slice(0, cut));
      expect(whole.startsWith(part)).toBe(true);
      expect(part === '' || part.endsWith('\n')).toBe(true);
    }
  });
});
