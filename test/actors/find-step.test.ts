import { describe, expect, it } from 'vitest';
import { findStep } from '../../src/actors/find-step.ts';
import type { World } from '../../src/actors/world.ts';
import type { ProcessExit, RunningProcess } from '../../src/io/process/process.ts';
import type { Effect } from '../../src/protocol/job.ts';
import { aStep } from '../machines/fixtures.ts';

const LOST: ProcessExit = { exitCode: null, signal: null, at: 1 };
const never = new Promise<ProcessExit>(() => {});

/** `process`: how it ended, that it runs, or that it never came to be. */
const look = (
  effect: Effect,
  process: ProcessExit | 'runs' | null,
  over: Partial<Parameters<typeof findStep>[1]> = {},
) => {
  const running = { exited: process === 'runs' ? never : Promise.resolve(process), release: () => {} };
  const adopt = async () => (process === null ? null : (running as RunningProcess));
  // Of its doors it opens this one only.
  return findStep({ processes: { adopt } } as unknown as World, {
    step: aStep({ effect }),
    directory: '/somewhere/steps/0.0',
    found: { cancelled: false },
    wasPermitted: false,
    hasWorkspace: true,
    ...over,
  });
};

describe('a step that was under way when the runner ended', () => {
  it.each(['read', 'idempotent', 'irreversible'] as const)(
    'is adopted where it runs or has told its end: %s',
    async (effect) => {
      expect(await look(effect, 'runs')).toBe('adopt');
      expect(await look(effect, { exitCode: 3, signal: null, at: 1 })).toBe('adopt');
      // Forced by us: that is no loss.
      expect(await look(effect, { exitCode: null, signal: 'SIGKILL', at: 1 })).toBe('adopt');
    },
  );
  it('starts where it never came to be', async () => {
    expect(await look('irreversible', null)).toBe('start');
    expect(await look('read', null, { directory: null })).toBe('start');
  });
  it('that was lost is never started again where it is irreversible', async () => {
    for (const hasWorkspace of [true, false]) {
      for (const wasPermitted of [true, false]) {
        expect(await look('irreversible', LOST, { hasWorkspace, wasPermitted })).toBe('adopt');
      }
    }
  });
  it('that was lost before anything irreversible was permitted gives its attempt up', async () => {
    expect(await look('read', LOST)).toBe('give up');
    expect(await look('idempotent', LOST, { hasWorkspace: false })).toBe('give up');
  });
  it('that was lost after an irreversible one is done again here, or skipped where its workspace is gone', async () => {
    expect(await look('read', LOST, { wasPermitted: true })).toBe('start');
    expect(await look('read', LOST, { wasPermitted: true, hasWorkspace: false })).toBe('skip');
  });
  it('gives its attempt up also where only the workspace was lost', async () => {
    expect(await look('read', null, { hasWorkspace: false })).toBe('give up');
    expect(await look('read', null, { hasWorkspace: false, wasPermitted: true })).toBe('skip');
  });
  it('that was lost after a stop is concluded, not repeated', async () => {
    expect(await look('read', LOST, { found: { cancelled: true } })).toBe('adopt');
    expect(await look('read', LOST, { found: { cancelled: false, stopped: 'timedOut' } })).toBe('adopt');
    expect(await look('read', LOST, { found: { cancelled: false, lease: 'lost' } })).toBe('adopt');
  });
});
