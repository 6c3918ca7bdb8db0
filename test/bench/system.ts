import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerOptions } from '../../src/cli/compose/runner.ts';
import { packSource } from '../../src/cli/pack/pack-source.ts';
import type { Task } from '../../src/protocol/job.ts';
import type { PipelineView } from '../../src/protocol/rest.ts';
import { startNode, type Child } from './child.ts';
import { send } from './client.ts';
import { createControlPlane, type ControlPlane } from './control-plane.ts';
import type { Appended, Kept } from './control-plane-main.ts';
import type { Programs } from './programs.ts';
import { toRunnerOptions } from '../helpers/runner-options.ts';
import { untilPipeline } from '../helpers/until-pipeline.ts';

export type Kind = 'terraform' | 'script';
export type TaskInput = Pick<Task, 'key'> & Partial<Task>;

/** What a pipeline is started from: made ahead, so that only the run itself is measured. */
export interface Ready {
  architecture: string;
  workflow: string;
  source: { sha256: string; size: number; root: string; dir: string };
}

/** A control plane in a process of its own, on a database on disk, and the hand of its operator. */
export interface System {
  controlPlane: ControlPlane;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  makeReady(kind: Kind, dir: string, stages: TaskInput[][]): Promise<Ready>;
  startPipeline(ready: Ready): Promise<PipelineView>;
  until(pipeline: { id: string }, isTrue: (view: PipelineView) => boolean): Promise<PipelineView>;
  /** Until it is over; throws where it did not succeed. */
  finish(pipeline: { id: string }): Promise<PipelineView>;
  /** Resolves when its first poll arrives. `hear`: the lines that it prints; `flags`: of Node. */
  startRunner(
    program: string,
    options?: Partial<RunnerOptions>,
    hear?: (line: string) => void,
    flags?: readonly string[],
  ): Promise<Child>;
  /** The options of a runner that lives on in its directories: for one that is started more than once. */
  makeRunner(): Promise<Omit<RunnerOptions, 'logger'>>;
  /** `signalbox runner`, as a user starts it; resolves when its first poll arrives. */
  startCli(program: string): Promise<Child>;
  /** Resolves with the time at which a piece of log for which `isTrue` is stored; hears from now on. */
  appended(isTrue: (piece: Appended) => boolean): Promise<number>;
  /** Hears every piece, until the returned function is called. */
  onAppended(hear: (piece: Appended) => void): () => void;
  /** Hears of every version of a state that is stored, until the returned function is called. */
  onKept(hear: (kept: Kept) => void): () => void;
  /** The time of the next poll that arrives. */
  polled(): Promise<number>;
  close(): Promise<void>;
}

export const startSystem = async (programs: Programs, directory: string): Promise<System> => {
  const controlPlane = await createControlPlane(programs, join(directory, 'data'));
  const { url, operatorToken, hidden, once } = controlPlane;
  const headers = { authorization: `Bearer ${operatorToken}` };
  const runners = new Set<Child>();
  const sources = new Map<string, Ready['source']>();
  let count = 0;

  const call: System['call'] = async (method, path, body) => {
    const text = body === undefined ? null : JSON.stringify(body);
    const reply = await send(method, `${url}${path}`, { ...headers, 'content-type': 'application/json' }, text);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`);
    return reply.body.length === 0 ? null : JSON.parse(reply.body.toString());
  };
  const upload = async (kind: Kind, dir: string): Promise<Ready['source']> => {
    const out = join(directory, `bundle-${++count}.tgz`);
    const {
      sha256,
      size,
      root,
      dir: inside,
    } = await packSource(dir, {
      root: null,
      varFiles: [],
      out,
      needsTerraform: kind !== 'script',
    });
    const reply = await send('PUT', `${url}/api/blobs/${sha256}`, headers, readFileSync(out));
    if (reply.status >= 300) throw new Error(`the source bundle: ${reply.status} ${reply.body}`);
    return { sha256, size, root, dir: inside };
  };
  const until: System['until'] = (pipeline, isTrue) => untilPipeline((path) => call('GET', path), pipeline, isTrue);

  const startChild = async (args: string[], options: unknown, hear?: (line: string) => void): Promise<Child> => {
    const polled = once((told) => (told.type === 'polled' ? told.at : null));
    const child = startNode(args, options, hear);
    const end = async (how: 'stop' | 'kill'): Promise<void> => {
      runners.delete(runner);
      await child[how]();
    };
    const runner = { ...child, stop: () => end('stop'), kill: () => end('kill') };
    runners.add(runner);
    await polled;
    return runner;
  };

  const makeRunner: System['makeRunner'] = async () => {
    const { token } = await call<{ token: string }>('POST', '/api/runners');
    return toRunnerOptions({ directory, name: `runner-${++count}`, endpoint: url, token, hidden });
  };

  return {
    controlPlane,
    call,
    makeReady: async (kind, dir, stages) => {
      const source = sources.get(dir) ?? (await upload(kind, dir));
      sources.set(dir, source);
      const architecture = await call<{ id: string }>('POST', '/api/architectures', {
        name: `${kind} ${++count}`,
        kind,
      });
      const workflow = await call<{ id: string }>('PUT', `/api/architectures/${architecture.id}/workflows`, {
        name: 'bench',
        stages: stages.map((stage) => stage.map((task) => ({ title: task.key, kind, ...task }))),
      });
      return { architecture: architecture.id, workflow: workflow.id, source };
    },
    startPipeline: ({ workflow, source }) => call('POST', '/api/pipelines', { workflow, source }),
    until,
    finish: async (pipeline) => {
      const view = await until(pipeline, ({ finishedAt }) => finishedAt !== null);
      if (view.status !== 'succeeded') throw new Error(`the pipeline ended ${view.status}: ${JSON.stringify(view)}`);
      return view;
    },
    makeRunner,
    startRunner: async (program, given = {}, hear, flags = []) => {
      const options = given.token === undefined ? await makeRunner() : {};
      return startChild([...programs.flags, ...flags, program], { ...options, ...given }, hear);
    },
    startCli: async (program) => {
      const { token } = await call<{ token: string }>('POST', '/api/runners');
      const data = join(directory, `cli-${++count}`);
      const tokenFile = `${data}.token`;
      writeFileSync(tokenFile, token);
      const args = [
        'runner',
        '--endpoint',
        url,
        '--token-file',
        tokenFile,
        '--data',
        data,
        '--no-metrics',
        '--level',
        'error',
      ];
      return startChild([...programs.flags, program, ...args], null);
    },
    appended: (isTrue) => once((told) => (told.type === 'appended' && isTrue(told) ? told.at : null)),
    onAppended: (hear) => controlPlane.hear((told) => told.type === 'appended' && hear(told)),
    onKept: (hear) => controlPlane.hear((told) => told.type === 'kept' && hear(told)),
    polled: () => once((told) => (told.type === 'polled' ? told.at : null)),
    close: async () => {
      for (const runner of runners) await runner.stop();
      await controlPlane.stop();
    },
  };
};
