import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findTool, TOOLS } from '../../helpers/tools.ts';
import { createSimWorkspace } from './sim-workspace.ts';

const UNSHARE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...UNSHARE.slice(1), 'true']).status === 0;
/** Until a call has begun or ended. */
const WAIT = { timeout: 20_000, interval: 10 };

const terraform = findTool('terraform')?.path ?? 'terraform';

describe.for(TOOLS)('the simulated provider with $title', ({ name: program, tool }) => {
  describe.skipIf(tool === null)('serves sim_object', () => {
    it('makes what is planned, after which nothing is to be changed', async () => {
      const work = await createSimWorkspace(tool?.path ?? program);
      work.write({
        a: { name: 'a' },
        b: { name: 'b', content: 'beside ${sim_object.a.id}', delay_ms: 20 },
        c: { name: 'under ${sim_object.b.id}' },
      });
      expect(await work.plan()).toEqual({ a: ['create'], b: ['create'], c: ['create'] });
      expect(await work.run('apply', 'planned')).toMatchObject({ code: 0 });
      expect(work.cloud().objects).toEqual({
        'obj-0001': { id: 'obj-0001', name: 'a', content: '' },
        'obj-0002': { id: 'obj-0002', name: 'b', content: 'beside obj-0001' },
        'obj-0003': { id: 'obj-0003', name: 'under obj-0002', content: '' },
      });
      expect(work.calls()).toEqual(
        ['a', 'b', 'under obj-0002'].flatMap((name) => [`create ${name} begun`, `create ${name} done`]),
      );
      expect(await work.run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
    });

    it('finishes a call that ignores the stop, and it is recorded', async () => {
      const work = await createSimWorkspace(tool?.path ?? program);
      const slow = { delay_ms: 500 };
      work.write({ a: { name: 'a', ...slow }, b: { name: 'b', content: '${sim_object.a.id}', ...slow } });
      const apply = work.start('apply', '-auto-approve');
      await vi.waitUntil(() => work.calls().includes('create a begun'), WAIT);
      apply.process.kill('SIGINT');
      expect(await apply.ended).toMatchObject({ code: 1 });
      expect(work.calls()).toEqual(['create a begun', 'create a done']);
      expect(work.recorded().map(({ name }) => name)).toEqual(['a']);
      const [begun, done] = work.cloud().calls.map(({ at }) => at);
      // A timer may be a millisecond early by the wall clock.
      expect((done ?? 0) - (begun ?? 0)).toBeGreaterThan(slow.delay_ms - 10);
    });
  });
});

describe.skipIf(findTool('terraform') === null)('an object of the simulated provider', () => {
  const open = () => createSimWorkspace(terraform);

  it('is updated in place, and replaced when it gets another name', async () => {
    const work = await open();
    work.write({ a: { name: 'a', content: 'one' }, b: { name: 'b' } });
    await work.apply();
    work.write({ a: { name: 'a', content: 'two' }, b: { name: 'c' } });
    expect(await work.plan()).toEqual({ a: ['update'], b: ['delete', 'create'] });
    expect(await work.run('apply', 'planned')).toMatchObject({ code: 0 });
    expect(Object.values(work.cloud().objects).map(({ name, content }) => [name, content])).toEqual([
      ['a', 'two'],
      ['c', ''],
    ]);
    expect(work.recorded().map(({ attributes }) => attributes.name)).toEqual(['a', 'c']);
  });

  it('loses a content that is left out again', async () => {
    const work = await open();
    work.write({ a: { name: 'a', content: 'one' } });
    await work.apply();
    work.write({ a: { name: 'a' } });
    expect(await work.plan()).toEqual({ a: ['update'] });
    await work.run('apply', 'planned');
    expect(work.recorded()).toMatchObject([{ attributes: { content: '' } }]);
  });

  it('is destroyed', async () => {
    const work = await open();
    work.write({ a: { name: 'a' } });
    await work.apply();
    expect(await work.run('destroy', '-auto-approve')).toMatchObject({ code: 0 });
    expect(work.cloud().objects).toEqual({});
    expect(work.recorded()).toEqual([]);
    expect(work.calls().slice(-2)).toEqual(['delete a begun', 'delete a done']);
  });

  it('is imported as it was made, so that nothing is to be changed', async () => {
    const work = await open();
    const resources = { a: { name: 'a', content: 'kept', delay_ms: 10 } };
    work.write(resources);
    await work.apply();
    await work.run('state', 'rm', 'sim_object.a');
    expect(work.recorded()).toEqual([]);

    const toImport = (id: string): string => `import {\n  to = sim_object.a\n  id = "${id}"\n}\n`;
    work.write(resources, toImport('obj-0002'));
    expect(await work.apply()).toMatchObject({
      code: 1,
      output: expect.stringContaining('no object obj-0002 to import'),
    });
    work.write(resources, toImport('obj-0001'));
    const { output } = await work.run('plan');
    expect(output).toContain('1 to import, 0 to add, 0 to change');
    await work.apply();
    expect(work.recorded()).toMatchObject([{ attributes: { id: 'obj-0001', content: 'kept', delay_ms: 10 } }]);
    expect(work.calls()).toEqual(['create a begun', 'create a done']);
  });

  it('shows drift: edited it is updated back, gone it is made again', async () => {
    const work = await open();
    work.write({ a: { name: 'a', content: 'ours' }, b: { name: 'b' } });
    await work.apply();
    const [a, b] = ['a', 'b'].map((name) => work.recorded().find((found) => found.name === name)?.attributes.id ?? '');
    const toPath = (id = ''): string => join(work.cloudDir, 'objects', `${id}.json`);
    writeFileSync(toPath(a), JSON.stringify({ id: a, name: 'a', content: 'theirs' }));
    rmSync(toPath(b));
    expect(await work.plan()).toEqual({ a: ['update'], b: ['create'] });
    await work.run('apply', 'planned');
    expect(Object.values(work.cloud().objects).map(({ name, content }) => [name, content])).toEqual([
      ['a', 'ours'],
      ['b', ''],
    ]);
  });

  it('fails where it is told to, and the state says what is there', async () => {
    const work = await open();
    const base = { u: { name: 'u' }, d: { name: 'd', fail: 'delete' } };
    work.write({ ...base, c: { name: 'c', fail: 'create' }, t: { name: 't', fail: 'after-create' } });
    expect(await work.apply()).toMatchObject({ code: 1 });
    const names = () =>
      Object.values(work.cloud().objects)
        .map(({ name }) => name)
        .toSorted();
    expect(names()).toEqual(['d', 't', 'u']);
    expect(work.recorded().map(({ name, status }) => [name, status])).toEqual([
      ['d', undefined],
      ['t', 'tainted'],
      ['u', undefined],
    ]);

    work.write({ u: { name: 'u', content: 'other', fail: 'update' } });
    expect(await work.apply()).toMatchObject({ code: 1 });
    expect(work.recorded().map(({ name, attributes }) => [name, attributes.content])).toEqual([
      ['d', ''],
      ['u', ''],
    ]);
    expect(names()).toEqual(['d', 'u']);
    expect(
      work
        .calls()
        .filter((call) => call.endsWith('failed'))
        .toSorted(),
    ).toEqual(['create c failed', 'delete d failed', 'update u failed']);
  });

  it('has no settings but those of its schema', async () => {
    const work = await open();
    work.write({ a: { name: 'a', fail: 'often', stop: 'maybe', delay_ms: -1 } });
    const { code, output } = await work.run('validate');
    expect(code).toBe(1);
    for (const word of ['"fail"', '"stop"', '"delay_ms"']) expect(output).toContain(`${word} is`);
  });

  it('that honours the stop is not made, its call ends at once, and nobody else is stopped', async () => {
    const work = await open();
    const other = await createSimWorkspace(terraform, { beside: work });
    work.write({ a: { name: 'a', delay_ms: 600_000, stop: 'honour' } });
    other.write({ b: { name: 'b', delay_ms: 1500, stop: 'honour' } });
    const [stopped, left] = [work, other].map(({ start }) => start('apply', '-auto-approve'));
    const begun = ['create a begun', 'create b begun'];
    await vi.waitUntil(() => begun.every((call) => work.calls().includes(call)), WAIT);
    stopped?.process.kill('SIGINT');
    expect(await stopped?.ended).toMatchObject({ code: 1 });
    expect(await left?.ended).toMatchObject({ code: 0 });
    expect(work.calls().slice(2).toSorted()).toEqual(['create a stopped', 'create b done']);
    expect(work.recorded()).toEqual([]);
    expect(other.recorded().map(({ name }) => name)).toEqual(['b']);
  });

  it('is made although its Terraform was killed: it is in the cloud, and in no state', async () => {
    const work = await open();
    work.write({ a: { name: 'a', delay_ms: 300 }, b: { name: 'b', delay_ms: 600_000, stop: 'honour' } });
    const apply = work.start('apply', '-auto-approve');
    const begun = ['create a begun', 'create b begun'];
    await vi.waitUntil(() => begun.every((call) => work.calls().includes(call)), WAIT);
    apply.process.kill('SIGKILL');
    await apply.ended;
    // The one that honours a stop ends with the connection.
    const ends = ['create a done', 'create b stopped'];
    await vi.waitUntil(() => ends.every((call) => work.calls().includes(call)), WAIT);
    expect(Object.values(work.cloud().objects).map(({ name }) => name)).toEqual(['a']);
    expect(work.recorded()).toEqual([]);
    expect(await work.plan()).toEqual({ a: ['create'], b: ['create'] });
  });

  it.skipIf(!canUnshare)('is made from a PID namespace too, where the provider has no pid', async () => {
    const work = await createSimWorkspace(terraform, { prefix: UNSHARE });
    // Longer than the second after which Terraform looks for the provider's process.
    work.write({ a: { name: 'a', delay_ms: 1500 } });
    expect(await work.apply()).toMatchObject({ code: 0 });
    expect(work.recorded().map(({ name }) => name)).toEqual(['a']);
  });
});
