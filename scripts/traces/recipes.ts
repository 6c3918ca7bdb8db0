import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineView } from '../../src/protocol/rest.ts';
import { createFaultProxy } from '../../test/helpers/fault-proxy.ts';
import { loseHost } from '../../test/helpers/lose-host.ts';
import { writeModule, type RunnerProcess } from '../../test/helpers/signalbox.ts';
import { MODULES } from './modules.ts';
import { createSlowServer } from './slow-server.ts';
import { onStage, waitFor, type Stage, type Task } from './stage.ts';

/** Makes something happen to a real job, and returns its trace. */
export type Recipe = () => Promise<string>;

/** One job, left alone. `before`: what is applied first, by another. */
const plain =
  (task: Task, files: Record<string, string>, before: Record<string, string> | null = null): Recipe =>
  () =>
    onStage(null, async (stage) => {
      const runner = await stage.runner();
      if (before) await stage.finish(await stage.run({ action: 'apply' }, before));
      const job = await stage.finish(await stage.run(task, files));
      return stage.read(runner, job.attempt ?? '');
    });

const attemptOf = ({ attempt }: { attempt: string | null }): string => attempt ?? '';
const isRunning =
  (key: string) =>
  ({ steps }: { steps: { key: string }[] }): boolean =>
    steps.some((step) => step.key === key);
const hasMade = ({ progress }: { progress: { done: number } | null }): boolean => progress?.done === 1;

interface Plan {
  pipeline: PipelineView;
  attempt: string;
  /** The other end hangs up, as soon as the plan was interrupted: it would wait for its answer before it obeys. */
  hangUp(runner: RunnerProcess): Promise<void>;
}

/** A job that waits in its plan for an answer that never comes. */
const inPlan = (
  timers: Parameters<typeof onStage>[0],
  act: (stage: Stage, start: () => Promise<Plan>) => Promise<string>,
): Promise<string> =>
  onStage(timers, async (stage) => {
    const network = await createSlowServer(null);
    await network.open(true);
    try {
      return await act(stage, async () => {
        const pipeline = await stage.run({ action: 'plan' }, MODULES.asking(network.url));
        const attempt = attemptOf(await stage.until(pipeline, isRunning('plan')));
        await waitFor('the question of the plan', () => network.count() > 0);
        const hangUp = async (runner: RunnerProcess) => {
          await waitFor('the interrupt', () => stage.peek(runner, attempt).includes('"active.interrupting"'));
          await network.close();
        };
        return { pipeline, attempt, hangUp };
      });
    } finally {
      await network.close();
    }
  });

/** A job in the middle of its apply: one resource is made, the next is on its way for `seconds`. */
const inApply = async (stage: Stage, seconds: number) => {
  const pipeline = await stage.run({ action: 'apply' }, MODULES.slow(seconds));
  const job = await stage.until(pipeline, hasMade);
  return { pipeline, attempt: attemptOf(job) };
};

const stop = (stage: Stage, pipeline: { id: string }) =>
  stage.box.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});

/** Short, so that a lease is lost within seconds. */
const IMPATIENT = { leaseMs: 1500, renewMs: 500, lostMs: { read: 1000, idempotent: 1000, irreversible: 1000 } };

/** Packed as a registry would. */
const packPart = (): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'part-'));
  writeModule(folder, { 'main.tf': 'resource "terraform_data" "part" { input = "part" }\n' });
  execFileSync('tar', ['-czf', 'part.tgz', 'main.tf'], { cwd: folder });
  const bytes = readFileSync(join(folder, 'part.tgz'));
  rmSync(folder, { recursive: true });
  return bytes;
};

/** Every recording by its name: what happened to the job. */
export const RECIPES: Record<string, Recipe> = {
  'plan-of-two': plain({ action: 'plan' }, MODULES.two),
  'apply-of-two': plain({ action: 'apply' }, MODULES.two),
  'destroy-of-two': plain({ action: 'destroy' }, MODULES.two, MODULES.two),
  'validate-of-two': plain({ action: 'validate' }, MODULES.two),
  'script-done': plain({ script: 'echo "all is well"' }, { 'README.md': 'A script.\n' }),
  'plan-broken': plain({ action: 'plan' }, MODULES.broken),
  'apply-broken': plain({ action: 'apply' }, MODULES.failing),

  'plan-stopped': () =>
    inPlan(null, async (stage, start) => {
      const runner = await stage.runner();
      const { pipeline, attempt, hangUp } = await start();
      await stop(stage, pipeline);
      await hangUp(runner);
      await stage.finish(pipeline);
      return stage.read(runner, attempt);
    }),
  'apply-stopped': () =>
    onStage(null, async (stage) => {
      const runner = await stage.runner();
      const { pipeline, attempt } = await inApply(stage, 60);
      await stop(stage, pipeline);
      await stage.finish(pipeline);
      return stage.read(runner, attempt);
    }),
  'apply-killed': () =>
    onStage(null, async (stage) => {
      const first = await stage.runner();
      const { pipeline, attempt } = await inApply(stage, 3);
      await first.kill();
      const second = await stage.box.succeed(first);
      await stage.finish(pipeline);
      return stage.read(second, attempt);
    }),
  'apply-killed-in-outage': () =>
    onStage(null, async (stage) => {
      const first = await stage.runner();
      const { pipeline, attempt } = await inApply(stage, 3);
      await stage.box.takeDown();
      await first.kill();
      const second = await stage.box.succeed(first);
      await waitFor('the result', () => stage.peek(second, attempt).includes('"mark":"result"'));
      await stage.box.bringBack();
      await stage.finish(pipeline);
      return stage.read(second, attempt);
    }),
  'plan-lost-its-lease': () =>
    inPlan(IMPATIENT, async (stage, start) => {
      const network = await createFaultProxy({ target: stage.box.controlPlane.url });
      try {
        const first = await stage.runner('fra-1', { endpoint: network.url });
        const { pipeline, attempt, hangUp } = await start();
        await stage.runner('fra-2');
        network.partition();
        await stage.until(pipeline, (job) => job.attempt !== attempt && isRunning('plan')(job));
        network.heal();
        await hangUp(first);
        return await stage.read(first, attempt);
      } finally {
        await network.close();
      }
    }),
  'apply-lost-its-lease': () =>
    onStage(IMPATIENT, async (stage) => {
      const network = await createFaultProxy({ target: stage.box.controlPlane.url });
      try {
        const runner = await stage.runner('fra-1', { endpoint: network.url });
        const { pipeline, attempt } = await inApply(stage, 12);
        network.partition();
        await stage.finish(pipeline);
        network.heal();
        return await stage.read(runner, attempt);
      } finally {
        await network.close();
      }
    }),
  'init-tried-again': () =>
    onStage(null, async (stage) => {
      const registry = await createSlowServer(packPart());
      try {
        const runner = await stage.runner();
        const pipeline = await stage.run({ action: 'plan' }, MODULES.remote(registry.url));
        await stage.until(pipeline, ({ machines }) => machines.some(({ state }) => state === 'retrying'));
        await registry.open(false);
        return await stage.read(runner, attemptOf(await stage.finish(pipeline)));
      } finally {
        await registry.close();
      }
    }),
  'plan-timed-out': () =>
    inPlan(null, async (stage, start) => {
      const runner = await stage.runner('fra-1', { maxExecutionMs: 4000 });
      const { pipeline, attempt, hangUp } = await start();
      await hangUp(runner);
      await stage.finish(pipeline);
      return stage.read(runner, attempt);
    }),
  'apply-needs-reconciliation': () =>
    onStage(null, async (stage) => {
      const first = await stage.runner();
      const { pipeline, attempt } = await inApply(stage, 60);
      await loseHost(first);
      const second = await stage.box.succeed(first);
      await stage.finish(pipeline);
      return stage.read(second, attempt);
    }),
  'plan-given-up': () =>
    inPlan(null, async (stage, start) => {
      const first = await stage.runner();
      const { attempt } = await start();
      await loseHost(first);
      const second = await stage.box.succeed(first);
      return stage.read(second, attempt);
    }),
};
