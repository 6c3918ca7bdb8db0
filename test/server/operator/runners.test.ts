import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunnerView } from '../../../src/protocol/rest.ts';
import type { SessionReply } from '../../../src/protocol/runner.ts';
import { topics } from '../../../src/server/context.ts';
import { makePipeline, toTask } from './make.ts';
import { describeOnApps, startApp, type TestApp } from '../start-app.ts';

describeOnApps('runners', (open) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(open);
  }, 60_000);
  afterAll(() => test.close());

  const create = async (name?: string) =>
    (await test.call('POST', '/api/runners', name === undefined ? undefined : { name })).json as {
      runner: RunnerView;
      token: string;
    };
  const asRunner = (path: string, token: string, body: unknown) =>
    test.callAs('POST', path, { headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  const openSession = (token: string) =>
    asRunner('/v1/sessions', token, {
      protocol: 1,
      instanceId: 'instance-1',
      bootId: 'boot-0001',
      name: 'builder',
      version: '0.0.0',
      slots: 1,
      running: [],
    });
  const view = async (id: string) => (await test.call('GET', `/api/runners/${id}`)).json;

  it('are made with a token that is shown once and stored as a hash', async () => {
    const { runner, token } = await create('builder');
    expect(runner).toMatchObject({ name: 'builder', status: 'never seen', jobs: [] });
    const listed = await test.call('GET', '/api/runners');
    expect(listed.text).toContain(runner.id);
    expect(listed.text).not.toContain(token);
    const row = await test.context.store.db
      .selectFrom('runner')
      .select('token_hash')
      .where('id', '=', runner.id)
      .executeTakeFirstOrThrow();
    expect(row.token_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are online once they have a session', async () => {
    const { runner, token } = await create();
    expect((await openSession(token)).status).toBe(201);
    expect(await view(runner.id)).toMatchObject({ status: 'online', name: 'builder' });
  });

  it('that were revoked are refused at once, and their session is over', async () => {
    const { runner, token } = await create();
    const session = (await openSession(token)).json as SessionReply;
    const begun = test.held(topics.runners(test.organisation.id));
    const held = asRunner('/v1/poll', session.token, { session: session.session, ack: 0, free: 1, waitMs: 20_000 });
    const { clock, store } = test.context;
    await begun;
    const revokedAt = clock.elapsed();
    expect((await test.call('DELETE', `/api/runners/${runner.id}`)).json).toMatchObject({ status: 'revoked' });
    expect((await held).json).toMatchObject({ error: { code: 'RUNNER_TOKEN_REVOKED' } });
    expect(clock.elapsed() - revokedAt).toBeLessThan(1000);
    expect((await openSession(token)).json).toMatchObject({ error: { code: 'RUNNER_TOKEN_REVOKED' } });
    const live = store.db.selectFrom('session').select('id').where('runner_id', '=', runner.id);
    expect(await live.where('ended_at', 'is', null).execute()).toEqual([]);
    const audit = await store.db.selectFrom('audit').select('action').where('subject', '=', runner.id).execute();
    expect(audit.map(({ action }) => action).toSorted()).toEqual(['runner.create', 'runner.revoke']);
  });

  it('that were revoked leave their offers to others', async () => {
    const { pipeline } = await makePipeline(test, [[toTask('a')]]);
    const { runner, token } = await create();
    const session = (await openSession(token)).json as SessionReply;
    const poll = { session: session.session, ack: 0, free: 1, waitMs: 0 };
    const offer = { type: 'offer', job: pipeline.jobs[0]!.id };
    expect((await asRunner('/v1/poll', session.token, poll)).json).toMatchObject({ commands: [offer] });
    await test.call('DELETE', `/api/runners/${runner.id}`);
    const other = (await openSession((await create()).token)).json as SessionReply;
    const again = await asRunner('/v1/poll', other.token, { ...poll, session: other.session });
    expect(again.json).toMatchObject({ commands: [offer] });
  });

  it('stay revoked since the first time', async () => {
    const { runner } = await create();
    const first = (await test.call('DELETE', `/api/runners/${runner.id}`)).json as RunnerView;
    const second = (await test.call('DELETE', `/api/runners/${runner.id}`)).json as RunnerView;
    expect(second.revokedAt).toBe(first.revokedAt);
  });

  it('of another organisation are not found, and not listed', async () => {
    const { runner } = await create();
    const other = await test.addOtherOrganisation();
    await test.context.store.db.updateTable('runner').set({ org_id: other }).where('id', '=', runner.id).execute();
    expect((await test.call('GET', '/api/runners')).text).not.toContain(runner.id);
    expect((await test.call('DELETE', `/api/runners/${runner.id}`)).status).toBe(404);
    const row = await test.context.store.db
      .selectFrom('runner')
      .select('revoked_at')
      .where('id', '=', runner.id)
      .executeTakeFirstOrThrow();
    expect(row.revoked_at).toBeNull();
  });
});
