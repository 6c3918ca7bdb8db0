import { describe, expect, it } from 'vitest';
import type { JobContext } from '../../src/machines/job.setup.ts';
import { findJob } from '../../src/trace/found-job.ts';
import { readTrace } from '../../src/trace/read.ts';
import { readRecordedJob } from '../../src/trace/recorded-job.ts';
import { replayTrace } from '../../src/trace/replay-trace.ts';
import { linesOf, textOf, toText, TRACES } from './traces.ts';

/** What became of each job: format, lives, the machine's last state, the conclusion. */
const ENDS: Record<string, [version: number, lives: number, state: string | null, conclusion: string | null]> = {
  'apply-adopted': [1, 2, 'done', 'succeeded'],
  'apply-cancelled': [1, 1, 'done', 'cancelled'],
  'apply-succeeded': [1, 1, 'done', 'succeeded'],
  'destroy-succeeded': [1, 1, 'done', 'succeeded'],
  'plan-failed': [1, 1, 'failed', 'failed'],
  'plan-succeeded': [1, 1, 'done', 'succeeded'],
  'plan-targeted': [1, 1, 'done', 'succeeded'],
  'script-cancelled': [1, 1, 'done', 'cancelled'],
  'validate-succeeded': [1, 1, 'done', 'succeeded'],
  'apply-broken': [2, 1, 'failed', 'failed'],
  'apply-killed': [2, 2, 'done', 'succeeded'],
  'apply-killed-in-outage': [2, 2, 'done', 'succeeded'],
  'apply-lost-its-lease': [2, 1, 'done', 'succeeded'],
  'apply-needs-reconciliation': [2, 2, 'needsReconciliation', 'needsReconciliation'],
  'apply-of-two': [2, 1, 'done', 'succeeded'],
  'apply-stopped': [2, 1, 'done', 'cancelled'],
  'destroy-of-two': [2, 1, 'done', 'succeeded'],
  'init-tried-again': [2, 1, 'done', 'succeeded'],
  'plan-broken': [2, 1, 'failed', 'failed'],
  'plan-given-up': [2, 2, null, null],
  'plan-lost-its-lease': [2, 1, 'done', 'cancelled'],
  'plan-of-two': [2, 1, 'done', 'succeeded'],
  'plan-stopped': [2, 1, 'done', 'cancelled'],
  'plan-timed-out': [2, 1, 'failed', 'timedOut'],
  'script-done': [2, 1, 'done', 'succeeded'],
  'validate-of-two': [2, 1, 'done', 'succeeded'],
};

it('every recorded trace has its end in the table, and every end its trace', () => {
  expect(TRACES.toSorted()).toEqual(Object.keys(ENDS).toSorted());
});

describe.each(TRACES)('the recorded trace %s', (name) => {
  const lives = readTrace(textOf(name), name);

  it("folds through today's machines to the end that it recorded", () => {
    const { divergence, end, lives: replays } = replayTrace(lives);
    expect(divergence).toBeNull();
    const job = replays.at(-1)?.machines.get('job');
    const { outcome } = (job?.snapshot.context as JobContext | undefined) ?? { outcome: null };
    const became = [lives[0]?.header.version, lives.length, job?.state ?? null, outcome?.conclusion ?? null];
    expect(became).toEqual(ENDS[name]);
    expect(end).toBe(job ? 'over' : 'sealed');
  });

  it('is closed by a seal, and from format 2 on its digest is the one of every byte before it', () => {
    const seal = lives.at(-1)?.seal;
    expect(seal).toBeTruthy();
    expect(seal?.told).toBe(lives[0]?.header.version === 1 ? null : seal?.found);
  });

  it('holds no token, and nothing of the host that it was recorded on', () => {
    expect(textOf(name)).not.toMatch(/sbx_[a-z]+_/);
    expect(textOf(name)).not.toMatch(/"\/(root|home|work)\//);
  });

  it('is read without its last line where that was torn', () => {
    const whole = textOf(name);
    const torn = whole.slice(0, whole.length - 7);
    const entries = (text: string) => readTrace(text, name).reduce((sum, life) => sum + life.entries.length, 0);
    expect(entries(torn)).toBe(entries(whole) - 1);
  });

  it('cut off anywhere is no divergence, as a killed process leaves it', () => {
    const lines = linesOf(name);
    for (let cut = 1; cut < lines.length; cut++) {
      const { divergence, end } = replayTrace(readTrace(toText(lines.slice(0, cut)), name));
      expect(divergence).toBeNull();
      expect(end).not.toBe('over');
    }
  });

  it('tells at every cut what to go on with: by the machines as by the record alone, and never a step that had ended', () => {
    const lines = linesOf(name);
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('{"kind":"event"')) continue;
      const cutLives = readTrace(toText(lines.slice(0, index + 1)), name);
      const left = findJob(cutLives);
      if (!left) throw new Error('The job was started, and is not found.');
      expect(left.divergence).toBeNull();
      const { done, steps, wasUnderWay } = left.found;
      for (const step of steps.slice(1)) expect(done.map(({ key }) => key)).not.toContain(step.key);
      if (wasUnderWay) expect(steps.length).toBeGreaterThan(0);
      const recorded = cutLives.map(readRecordedJob).findLast((job) => job !== null);
      // The outcome is on record as soon as its delivery is: before, it is concluded again.
      const isBetween = line.includes('xstate.done.actor.conclude');
      expect(recorded?.found).toEqual(isBetween ? { ...left.found, outcome: null } : left.found);
      expect(recorded?.context.fence).toBe(left.context.fence);
    }
  });
});

describe('what a job left where the machines of today go another way', () => {
  const lines = linesOf('apply-killed');
  const begun = lines.findIndex((line) => line.includes('"pid"') && line.includes('"to":"job/step.3"'));
  const recorded = lines.slice(0, begun + 1);
  const find = (changed: readonly string[]) => findJob(readTrace(toText(changed), 'x'));

  it.each([
    ['a state that today has another name', (line: string) => line.replace('"executing.running"', '"executing.busy"')],
    ['a machine of a newer version', (line: string) => line.replace('"step":"1"', '"step":"999"')],
    ['a machine that today has no name for', (line: string) => line.replace('"machine":"lease"', '"machine":"loan"')],
  ])('is told by the record, and how they differ is said: %s', (_, change) => {
    const [then, today] = [find(recorded), find(recorded.map(change))];
    expect(today?.divergence).toMatch(/^life 1, /);
    expect(then?.divergence).toBeNull();
    expect(today?.found).toEqual(then?.found);
    expect(today?.found).toMatchObject({ reached: 'executing', wasUnderWay: true });
    expect(today?.found.steps[0]?.key).toBe('apply');
    expect(today?.context.spec.attempt).toBe(then?.context.spec.attempt);
  });
});
