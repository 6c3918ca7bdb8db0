import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openControlPlane, type ControlPlane, type ControlPlaneOptions } from '../../src/cli/compose/control-plane.ts';
import { toDataDirectories } from '../../src/cli/compose/data-directories.ts';
import { startConfiguredRunner, type ConfiguredRunner, type RunnerOptions } from '../../src/cli/compose/runner.ts';
import { packSource } from '../../src/cli/pack/pack-source.ts';
import { createLogger } from '../../src/io/logger.ts';
import type { CreatePipeline, JobView, PipelineView } from '../../src/protocol/rest.ts';
import type { Task } from '../../src/protocol/job.ts';
import { toRunnerOptions } from './runner-options.ts';
import { untilPipeline } from './until-pipeline.ts';

type TaskInput = Pick<Task, 'key'> & Partial<Task>;
export type Kind = 'terraform' | 'opentofu' | 'script';

/** A control plane with an operator's hand on it, for tests that need the whole. Everything real, on loopback. */
export interface Box {
  controlPlane: ControlPlane;
  directory: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  callRaw(method: string, path: string, body?: Uint8Array): Promise<Response>;
  createToken(): Promise<{ token: string; id: string }>;
  startRunner(options?: Partial<RunnerOptions>): Promise<ConfiguredRunner>;
  /** A runner in a process of its own, so that it can be killed. `program`: another fixture than the plain one. */
  spawnRunner(options?: Partial<RunnerOptions>, env?: Record<string, string>, program?: string): Promise<RunnerProcess>;
  /** A runner process on the same host, with the same state directory and token, as after a restart. */
  succeed(runner: RunnerProcess, env?: Record<string, string>, program?: string): Promise<RunnerProcess>;
  /** The control plane goes away, and comes back under the same address with the same data. */
  takeDown(): Promise<void>;
  bringBack(): Promise<void>;
  createArchitecture(kind: Kind, name?: string): Promise<{ id: string; name: string }>;
  /** Packs `dir` and starts a pipeline of these stages. */
  start(
    architecture: { id: string },
    dir: string,
    stages: TaskInput[][],
    more?: Partial<CreatePipeline>,
  ): Promise<PipelineView>;
  until(pipeline: { id: string }, isTrue: (view: PipelineView) => boolean): Promise<PipelineView>;
  finish(pipeline: { id: string }): Promise<PipelineView>;
  log(job: Pick<JobView, 'id'>): Promise<string>;
  /** What came too late and was kept, of one attempt of a job. */
  evidence(job: Pick<JobView, 'id'>, number: number): Promise<{ kind: string; body: Record<string, unknown> }[]>;
  /** Ends the runners started so far; their work runs on. */
  closeRunners(): Promise<void>;
  close(): Promise<void>;
}
export interface RunnerProcess {
  process: ChildProcess;
  stateDirectory: string;
  options: RunnerOptions;
  output: () => string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const SILENT = createLogger({ level: 'error' });
const toFixture = (name: string): string => fileURLToPath(new URL(`../fixtures/bin/${name}.ts`, import.meta.url));

export const startBox = async (
  directory: string,
  options: { port?: number; timers?: ControlPlaneOptions['timers'] } = {},
): Promise<Box> => {
  const data = join(directory, 'data');
  const open = (port: number) =>
    openControlPlane({
      data,
      host: '127.0.0.1',
      port,
      fallbackToFree: false,
      database: null,
      publicUrls: [],
      logger: SILENT,
      ...(options.timers && { timers: options.timers }),
    });
  let controlPlane = await open(options.port ?? 0);
  const { port, url } = controlPlane;
  let isUp = true;
  const runners: ConfiguredRunner[] = [];
  const processes: RunnerProcess[] = [];
  let count = 0;
  const headers = { authorization: `Bearer ${controlPlane.operatorToken}` };

  const callRaw: Box['callRaw'] = (method, path, body) =>
    fetch(`${url}${path}`, { method, headers, ...(body && { body: Buffer.from(body) }) });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const createToken = async () => {
    const { runner, token } = await call<{ runner: { id: string }; token: string }>('POST', '/api/runners');
    return { token, id: runner.id };
  };
  const toOptions = async (given: Partial<RunnerOptions>): Promise<RunnerOptions> => {
    count += 1;
    const token = given.token ?? (await createToken()).token;
    const { hidden } = toDataDirectories(data);
    const own = toRunnerOptions({ directory, name: `runner-${count}`, endpoint: url, token, hidden });
    return { ...own, logger: SILENT, ...given };
  };
  const until: Box['until'] = (pipeline, isTrue) => untilPipeline((path) => call('GET', path), pipeline, isTrue);

  const closeRunners = async () => {
    for (const runner of runners.splice(0)) await runner.close();
    for (const { process: child, kill } of processes.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) await kill();
    }
  };

  const spawnRunner: Box['spawnRunner'] = async (given = {}, env = {}, program = 'runner') => {
    const options = await toOptions(given);
    const child = spawn(process.execPath, [toFixture(program)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const { logger: _, ...plain } = options;
    child.stdin.end(JSON.stringify(plain));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await exited;
    };
    const runner = {
      process: child,
      stateDirectory: options.stateDirectory,
      options,
      output: () => output,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
    };
    processes.push(runner);
    return runner;
  };

  return {
    controlPlane,
    directory,
    takeDown: async () => {
      isUp = false;
      await controlPlane.close();
    },
    bringBack: async () => {
      controlPlane = await open(port);
      isUp = true;
    },
    call,
    callRaw,
    createToken,
    startRunner: async (given = {}) => {
      const runner = await startConfiguredRunner(await toOptions(given));
      runners.push(runner);
      return runner;
    },
    spawnRunner,
    succeed: ({ options }, env, program) => spawnRunner(options, env, program),
    createArchitecture: (kind, name = `${kind} ${++count}`) => call('POST', '/api/architectures', { name, kind }),
    start: async (architecture, dir, stages, more = {}) => {
      const { kind } = await call<{ kind: Kind }>('GET', `/api/architectures/${architecture.id}`);
      const out = join(directory, `bundle-${++count}.tgz`);
      const packed = await packSource(dir, { root: null, varFiles: [], out, needsTerraform: kind !== 'script' });
      const upload = await callRaw('PUT', `/api/blobs/${packed.sha256}`, readFileSync(out));
      if (!upload.ok) throw new Error(await upload.text());
      const full = stages.map((stage) => stage.map((task) => ({ title: task.key, kind, ...task })));
      const workflow = await call<{ id: string }>('PUT', `/api/architectures/${architecture.id}/workflows`, {
        name: `w${++count}`,
        stages: full,
      });
      const source = { sha256: packed.sha256, size: packed.size, root: packed.root, dir: packed.dir };
      return call<PipelineView>('POST', '/api/pipelines', { workflow: workflow.id, source, ...more });
    },
    until,
    finish: (pipeline) => until(pipeline, ({ finishedAt }) => finishedAt !== null),
    log: async (job) => {
      const parts: Buffer[] = [];
      for (let offset = 0; ;) {
        const reply = await callRaw('GET', `/api/jobs/${job.id}/log?offset=${offset}`);
        const bytes = Buffer.from(await reply.arrayBuffer());
        if (bytes.length === 0) return Buffer.concat(parts).toString();
        parts.push(bytes);
        offset += bytes.length;
      }
    },
    evidence: async (job, number) => {
      const { db } = controlPlane.context.store;
      const kept = db.selectFrom('evidence').select(['kind', 'body']).where('job_id', '=', job.id);
      const rows = await kept.where('number', '=', number).orderBy('at').execute();
      return rows as { kind: string; body: Record<string, unknown> }[];
    },
    closeRunners,
    close: async () => {
      await closeRunners();
      if (isUp) await controlPlane.close();
    },
  };
};

/** Writes files of a module and returns its folder. */
export const writeModule = (directory: string, files: Record<string, string>): string => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
};
