import { describe, expect, it } from 'vitest';
import type { AttemptFacts, Facts, RunFacts } from '../facts.ts';
import { judge } from '../judge.ts';
import type { Struck } from '../facts.ts';
import { createAttempt, createFacts, createRun } from './lawful.ts';

const withRun = (change: Partial<RunFacts>): Facts => ({ ...createFacts(), runs: [{ ...createRun(), ...change }] });
const withAttempt = (change: Partial<AttemptFacts>): Facts => ({
  ...createFacts(),
  attempts: [{ ...createAttempt(), ...change }],
});
const broken = async (facts: Facts): Promise<string[]> => [...new Set((await judge(facts)).map(({ law }) => law))];
const struck = (name: Struck['name']): Struck => ({
  name,
  when: { after: 'ms', count: 1 },
  target: 0,
  forMs: 0,
  share: 1,
  at: 0,
  run: 1,
});
const [first, second] = createRun().states;
const { view, calls, objects } = createRun();
const ended = (status: 'succeeded' | 'failed' | 'terminated' | 'error') => (view ? { ...view, status } : null);

describe('the laws of the fault suite', () => {
  it('have nothing against a run that nothing struck', async () => {
    expect(await judge(createFacts())).toEqual([]);
  });

  it.each([
    ['a pipeline that never settles', withRun({ view: null })],
    ['a pipeline that failed for no reason', withRun({ view: ended('failed') })],
    ['a job that is still claimed', withRun({ jobs: createRun().jobs.map((job) => ({ ...job, queue: 'claimed' })) })],
    ['a job whose attempt has no result', withAttempt({ record: { ...createAttempt().record, result: null } })],
    ['a job that is never cleared away', withAttempt({ isUnsealed: true })],
  ])('count %s as a lost result', async (_, facts) => {
    expect(await broken(facts)).toEqual(['lost results']);
  });

  it('let a pipeline end otherwise only where a fault excuses it', async () => {
    const terminated = withRun({ view: ended('terminated') });
    expect(await broken({ ...terminated, faults: [struck('cancel')] })).toEqual([]);
    expect(await broken({ ...terminated, faults: [{ ...struck('cancel'), run: 2 }] })).toEqual(['lost results']);
    expect(await broken({ ...terminated, faults: [struck('kill runner')] })).toEqual(['lost results']);
  });

  it('count an object that was made twice', async () => {
    expect(await broken(withRun({ calls: [...calls, ...calls] }))).toEqual(['double applies']);
  });

  it('count an irreversible step that was started again by a later attempt', async () => {
    const step = { key: 'apply', effect: 'irreversible' };
    const life = {
      kind: 'life',
      version: 2,
      life: 1,
      at: 1,
      attempt: 'job_aaaaaaaaaaaaaaaa.1',
      runner: 'r',
      signalbox: '1',
      machines: {},
    };
    const start = { kind: 'mark', at: 2, mark: 'log', data: { index: 3, directory: 'steps/3.0', step } };
    const trace = `${JSON.stringify(life)}\n${JSON.stringify(start)}\n`;
    const attempts = [1, 2].map((number) => ({ ...createAttempt(number), trace }));
    expect(await broken({ ...createFacts(), attempts })).toContain('double applies');
    expect(await broken({ ...createFacts(), attempts: attempts.slice(0, 1) })).not.toContain('double applies');
  });

  it('count a log that is not what the files come to', async () => {
    expect(await broken(withAttempt({ log: Buffer.from('x') }))).toEqual(['log mismatches']);
    expect(await broken(withAttempt({ kept: null }))).toEqual(['log mismatches']);
  });

  it.each([
    ['an object that is not in the state', withRun({ recorded: [] })],
    ['an object that is not there', withRun({ objects: [] })],
    ['an object with other content', withRun({ objects: objects.map((object) => ({ ...object, content: 'b' })) })],
    [
      'serials that fall in time',
      withRun({
        states: [first, second].flatMap((state, index) => (state ? { ...state, created_at: 100 - index } : [])),
      }),
    ],
    ['a result that names a state which is not stored', withRun({ states: first ? [first] : [] })],
    [
      'a state that was stored under a fence that was lost',
      {
        ...createFacts(),
        runs: [
          {
            ...createRun(),
            jobs: [{ ...createRun().jobs[0], attempt: 2 }],
            states: [first, second].flatMap((state) => (state ? { ...state, created_at: 900 } : [])),
          } as RunFacts,
        ],
        attempts: [createAttempt(1), createAttempt(2)],
        logWrites: [],
      },
    ],
    [
      'a log that grew under a fence that was lost',
      {
        ...createFacts(),
        attempts: [createAttempt(1), createAttempt(2)],
        logWrites: [{ attempt: 'job_1.1', at: 900 }],
      },
    ],
  ])('count %s as a lost or reordered state', async (_, facts) => {
    expect(await broken(facts)).toEqual(['lost or reordered states']);
  });

  it('count a process, a workspace and a lock that are left', async () => {
    expect(await broken({ ...createFacts(), orphans: ['process 1'] })).toEqual(['orphan processes']);
    expect(await broken({ ...createFacts(), leftovers: ['a workspace'] })).toEqual(['locks left']);
    const { architecture } = createRun();
    expect(await broken(withRun({ architecture: { ...architecture, lock_job_id: 'job_1' } }))).toEqual(['locks left']);
  });

  it('count a trace that cannot be read, and one that does not end', async () => {
    expect(
      await broken(
        withAttempt({ trace: 'no trace\n', kept: null, record: { ...createAttempt().record, result: null } }),
      ),
    ).toContain('traces that do not replay');
    expect(await broken(withAttempt({ hasBegun: true }))).toEqual(['traces that do not replay']);
  });
});
