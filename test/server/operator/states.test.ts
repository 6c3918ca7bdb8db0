import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';
import { giveAway, makeArchitecture, sha256 } from './make.ts';

describeOnApps('the states of an architecture', (open) => {
  let test: TestApp;
  let id: string;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());
  beforeEach(async () => {
    id = (await makeArchitecture(test)).id;
  });

  const toState = (lineage: string, serial: number) => JSON.stringify({ version: 4, lineage, serial, outputs: {} });
  const push = (lineage: string, serial: number, text = toState(lineage, serial)) =>
    test.call(
      'PUT',
      `/api/architectures/${id}/states?lineage=${lineage}&serial=${serial}&sha256=${sha256(text)}`,
      Buffer.from(text),
    );
  const get = (path: string) => test.call('GET', `/api/architectures/${id}/states${path}`);
  const evidence = () =>
    test.context.store.db.selectFrom('evidence').select(['kind', 'body']).where('job_id', '=', id).execute();

  it('begin with any lineage', async () => {
    expect((await get('/latest')).status).toBe(404);
    expect((await push('one', 7)).json).toMatchObject({ lineage: 'one', serial: 7, attempt: null });
    expect((await get('/latest')).text).toBe(toState('one', 7));
    const architecture = await test.call('GET', `/api/architectures/${id}`);
    expect(architecture.json).toMatchObject({
      state: { lineage: 'one', serial: 7, sha256: sha256(toState('one', 7)) },
    });
  });

  it('are listed newest first, and each can be had by its serial', async () => {
    for (const serial of [1, 2, 10]) await push('one', serial);
    expect((await get('')).json).toMatchObject([{ serial: 10 }, { serial: 2 }, { serial: 1 }]);
    expect((await get('/2')).text).toBe(toState('one', 2));
    expect((await get('/3')).status).toBe(404);
    expect((await get('/newest')).status).toBe(404);
  });

  it('never go back to a lower serial: what was pushed is kept as evidence', async () => {
    await push('one', 5);
    expect(await push('one', 4)).toMatchObject({ status: 409, json: { error: { code: 'STATE_SERIAL' } } });
    expect((await get('/latest')).text).toBe(toState('one', 5));
    expect(await evidence()).toMatchObject([{ kind: 'state', body: { serial: 4, refused: 'STATE_SERIAL' } }]);
  });

  it('never change their lineage: what was pushed is kept as evidence', async () => {
    await push('one', 5);
    expect(await push('two', 6)).toMatchObject({ status: 409, json: { error: { code: 'STATE_LINEAGE' } } });
    expect((await get('')).json).toHaveLength(1);
    expect(await evidence()).toMatchObject([{ kind: 'state', body: { lineage: 'two', refused: 'STATE_LINEAGE' } }]);
  });

  it('are not stored where the bytes are not what they are said to be', async () => {
    expect((await push('one', 5, 'half of a sta')).json).toMatchObject({ error: { code: 'STATE_UNREADABLE' } });
    const path = `/api/architectures/${id}/states?lineage=one&serial=5&sha256=${sha256('other')}`;
    expect((await test.call('PUT', path, Buffer.from(toState('one', 5)))).json).toMatchObject({
      error: { code: 'DIGEST_MISMATCH' },
    });
    expect((await get('')).json).toEqual([]);
  });

  it('are not pushed while a job holds the architecture', async () => {
    await test.context.store.db
      .updateTable('architecture')
      .set({ lock_job_id: 'job_0123456789abcdef', lock_fence: 1 })
      .where('id', '=', id)
      .execute();
    expect((await push('one', 1)).json).toMatchObject({ error: { code: 'ARCHITECTURE_LOCKED' } });
    expect((await get('')).json).toEqual([]);
  });

  it('leave one audit row for each push that was stored', async () => {
    await push('one', 5);
    await push('one', 4);
    const rows = await test.context.store.db.selectFrom('audit').selectAll().where('subject', '=', id).execute();
    expect(rows.filter(({ action }) => action === 'state.push')).toMatchObject([
      { actor: 'operator', org_id: test.organisation.id, body: { serial: 5 } },
    ]);
  });

  it('of another organisation are not found', async () => {
    await push('one', 5);
    await giveAway(test, id);
    for (const reply of [await get(''), await get('/latest'), await get('/5'), await push('one', 6)]) {
      expect(reply).toMatchObject({ status: 404, json: { error: { code: 'NOT_FOUND' } } });
    }
  });
});
