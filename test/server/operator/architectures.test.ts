import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';
import { giveAway, makeArchitecture, sha256, toTask } from './make.ts';

describeOnApps('architectures, workflows and sources', (open) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());

  it('an architecture is found by its name, and a taken name is refused', async () => {
    const made = await makeArchitecture(test, 'Réseau 1');
    expect((await test.call('GET', `/api/architectures?name=${encodeURIComponent('Réseau 1')}`)).json).toEqual([made]);
    expect((await test.call('GET', '/api/architectures?name=nobody')).json).toEqual([]);
    expect((await test.call('GET', '/api/architectures?name=%00')).json).toEqual([]);
    expect(await test.call('POST', '/api/architectures', { name: 'Réseau 1', kind: 'script' })).toMatchObject({
      status: 409,
      json: { error: { code: 'ARCHITECTURE_EXISTS' } },
    });
  });

  it('of two that make one name at once one succeeds', async () => {
    const replies = await Promise.all(
      [1, 2, 3].map(() => test.call('POST', '/api/architectures', { name: 'twice', kind: 'script' })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  it('a text that PostgreSQL cannot hold is refused with a sentence', async () => {
    const body = { name: 'zero', kind: 'script', toolVersion: '1.0\0' };
    expect((await test.call('POST', '/api/architectures', body)).json).toMatchObject({
      error: { code: 'REQUEST_INVALID' },
    });
  });

  it('a workflow is replaced by its name and keeps its id', async () => {
    const { id } = await makeArchitecture(test);
    const put = (stages: unknown) => test.call('PUT', `/api/architectures/${id}/workflows`, { name: 'main', stages });
    const first = (await put([[toTask('a')]])).json;
    const second = (await put([[toTask('b')], [toTask('c', { planFrom: 'b' })]])).json;
    expect(second).toMatchObject({ id: (first as { id: string }).id });
    expect((await test.call('GET', `/api/architectures/${id}/workflows`)).json).toEqual([second]);
  });

  it.each([
    ['two tasks with one key', [[toTask('a'), toTask('a')]], 'another task has the same key'],
    ['a plan from nowhere', [[toTask('a', { planFrom: 'b' })]], 'no earlier stage has the task b'],
    ['a plan from the same stage', [[toTask('a'), toTask('b', { planFrom: 'a' })]], 'no earlier stage has the task a'],
    ['options that its kind does not know', [[toTask('a', { options: { run: 'true' } })]], 'options of task a'],
  ])('a workflow with %s is refused', async (_, stages, problem) => {
    const { id } = await makeArchitecture(test);
    const reply = await test.call('PUT', `/api/architectures/${id}/workflows`, { name: 'main', stages });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(problem);
  });

  it('a source is stored once under its digest, and known by its head', async () => {
    const bytes = Buffer.from('bundle');
    const path = `/api/blobs/${sha256(bytes)}`;
    expect((await test.call('HEAD', path)).status).toBe(404);
    for (const _ of [1, 2]) {
      expect(await test.call('PUT', path, bytes)).toMatchObject({ status: 201, json: { size: 6 } });
    }
    const head = await test.call('HEAD', path);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('6');
    expect((await test.call('GET', path)).bytes).toEqual(bytes);
    const audit = await test.context.store.db
      .selectFrom('audit')
      .select('id')
      .where('subject', '=', sha256(bytes))
      .execute();
    expect(audit).toHaveLength(1);
  });

  it('a source that is not what it is said to be is not stored', async () => {
    const path = `/api/blobs/${sha256('something')}`;
    expect((await test.call('PUT', path, Buffer.from('else'))).json).toMatchObject({
      error: { code: 'DIGEST_MISMATCH' },
    });
    expect((await test.call('HEAD', path)).status).toBe(404);
  });

  it('of another organisation nothing is found, listed or changed', async () => {
    const { id, name } = await makeArchitecture(test);
    await giveAway(test, id);
    const body = { name: 'main', stages: [[toTask('a')]] };
    expect((await test.call('GET', `/api/architectures/${id}`)).status).toBe(404);
    expect((await test.call('GET', `/api/architectures/${id}/workflows`)).status).toBe(404);
    expect((await test.call('PUT', `/api/architectures/${id}/workflows`, body)).status).toBe(404);
    expect((await test.call('GET', '/api/architectures')).text).not.toContain(name);
    expect((await test.call('GET', '/api/architectures/arc_nonsense')).status).toBe(404);
  });

  it('every write leaves one audit row with who and what', async () => {
    const { id } = await makeArchitecture(test);
    const rows = await test.context.store.db.selectFrom('audit').selectAll().where('subject', '=', id).execute();
    expect(rows).toMatchObject([{ action: 'architecture.create', actor: 'operator', org_id: test.organisation.id }]);
  });
});
