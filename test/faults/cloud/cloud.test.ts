import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../../helpers/temp-dir.ts';
import { createCloud, readCloud } from './cloud.ts';

const clock = { now: () => 1000 };

describe('the cloud', () => {
  it('is empty where nobody has used it', () => {
    expect(readCloud(join(createTempDir(), 'none'))).toEqual({ objects: {}, calls: [] });
  });

  it('gives no id twice, whoever asks and whenever', () => {
    const dir = createTempDir();
    const [one, two] = [createCloud(dir, clock), createCloud(dir, clock)];
    expect([one.reserveId(), two.reserveId(), one.reserveId()]).toEqual(['obj-0001', 'obj-0002', 'obj-0003']);
    expect(createCloud(dir, clock).reserveId()).toBe('obj-0004');
  });

  it('outlives who wrote to it', () => {
    const dir = createTempDir();
    const before = createCloud(dir, clock);
    before.write({ id: 'obj-0001', name: 'a', content: '', settings: { delay_ms: 5, fail: null, stop: null } });
    before.write({ id: 'obj-0002', name: 'b', content: 'x' });
    before.remove('obj-0002');
    before.note({ call: 'create', moment: 'done', id: 'obj-0001', name: 'a' });

    expect(createCloud(dir, clock).read('obj-0001')).toMatchObject({ name: 'a', settings: { delay_ms: 5 } });
    expect(createCloud(dir, clock).read('obj-0002')).toBe(null);
    expect(readdirSync(join(dir, 'objects'))).toEqual(['obj-0001.json']);
    expect(readCloud(dir)).toEqual({
      objects: { 'obj-0001': { id: 'obj-0001', name: 'a', content: '' } },
      calls: [{ at: 1000, call: 'create', moment: 'done', id: 'obj-0001', name: 'a' }],
    });
  });

  it('is read while it is written: a half line and a half object are not there yet', () => {
    const dir = createTempDir();
    createCloud(dir, clock).note({ call: 'read', moment: 'done', id: 'obj-0001', name: 'a' });
    appendFileSync(join(dir, 'calls.ndjson'), '{"at":10');
    writeFileSync(join(dir, 'objects', 'obj-0001.json.new'), '{"id":');
    expect(readCloud(dir)).toMatchObject({ objects: {}, calls: [{ call: 'read' }] });
  });
});
