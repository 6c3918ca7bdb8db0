import { setTimeout as pause } from 'node:timers/promises';
import { startChild, type Child } from '../processes/child.ts';
import type { ControlPlaneMainOptions, ControlPlaneTold, Question } from '../processes/control-plane-main.ts';
import type { Records } from '../processes/read-records.ts';
import { createExclusively } from './exclusively.ts';

/** When a piece of an attempt's log was written at the control plane. */
export interface LogWrite {
  attempt: string;
  at: number;
}

/** The control plane of a box: a process that comes and goes, under one address and on one data directory. */
export interface ControlPlane {
  readonly url: string;
  readonly token: string;
  readonly hidden: string;
  readonly pid: number;
  readonly logWrites: readonly LogWrite[];
  start(): Promise<void>;
  kill(): Promise<void>;
  freeze(ms: number): Promise<void>;
  records(pipelines: readonly string[]): Promise<Records>;
  stop(): Promise<void>;
  exclusively<T>(act: () => Promise<T>): Promise<T>;
}

export const createControlPlane = async (
  program: string,
  options: Omit<ControlPlaneMainOptions, 'port'>,
): Promise<ControlPlane> => {
  let child: Child | null = null;
  let ready: Extract<ControlPlaneTold, { type: 'ready' }> | null = null;
  let questions = 0;
  const answers = new Map<number, (records: Records) => void>();
  const logWrites: LogWrite[] = [];

  const start = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = startChild(program, { ...options, port: ready?.port ?? 0 }, (line) => {
      const told = line as ControlPlaneTold;
      if (told.type === 'logged') logWrites.push({ attempt: told.attempt, at: told.at });
      if (told.type === 'records') answers.get(told.id)?.(told.records);
      if (told.type === 'ready') {
        ready = told;
        resolve();
      }
    });
    child = started;
    const died = started.ended.then(() => {
      throw new Error(`the control plane ended while it started; see ${options.logFile}`);
    });
    await Promise.race([promise, died]);
    died.catch(() => {});
  };
  const end = (signal: NodeJS.Signals) => child?.end(signal) ?? Promise.resolve();
  const known = () => {
    if (!ready) throw new Error('the control plane has not been started');
    return ready;
  };

  await start();
  return {
    get url() {
      return known().url;
    },
    get token() {
      return known().operatorToken;
    },
    get hidden() {
      return known().hidden;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    logWrites,
    start,
    kill: () => end('SIGKILL'),
    freeze: async (ms) => {
      child?.signal('SIGSTOP');
      await pause(ms);
      child?.signal('SIGCONT');
    },
    records: (pipelines) => {
      questions += 1;
      const question: Question = { id: questions, pipelines: [...pipelines] };
      const { promise, resolve } = Promise.withResolvers<Records>();
      answers.set(question.id, resolve);
      child?.send(question);
      return promise.finally(() => answers.delete(question.id));
    },
    stop: () => end('SIGTERM'),
    exclusively: createExclusively(),
  };
};
