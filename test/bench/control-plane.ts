import { startNode, type Child } from './child.ts';
import type { ControlPlaneMainOptions, Told } from './control-plane-main.ts';
import type { Programs } from './programs.ts';
import { nowMs } from './rounds.ts';

/** The control plane under test: a process that comes and goes, under one address and on one database on disk. */
export interface ControlPlane {
  readonly url: string;
  readonly operatorToken: string;
  readonly hidden: string;
  /** From the start of its first process until it served. */
  readonly startedInMs: number;
  /** Starts it again; resolves with the time at which it served. */
  start(): Promise<number>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves with the first thing told from now on for which `pick` has a value. */
  once<T>(pick: (told: Told) => T | null): Promise<T>;
  /** Hears everything told, until the returned function is called. */
  hear(listen: (told: Told) => void): () => void;
}

export const createControlPlane = async (programs: Programs, data: string): Promise<ControlPlane> => {
  const listeners = new Set<(told: Told) => void>();
  const hear: ControlPlane['hear'] = (listen) => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  };
  const once: ControlPlane['once'] = (pick) =>
    new Promise((resolve) => {
      const leave = hear((told) => {
        const picked = pick(told);
        if (picked === null) return;
        leave();
        resolve(picked);
      });
    });
  const startProcess = async (port: number) => {
    const ready = once((told) => (told.type === 'ready' ? told : null));
    const options: ControlPlaneMainOptions = { data, port };
    const child = startNode([...programs.flags, programs.controlPlane], options, (line) => {
      for (const listen of listeners) listen(JSON.parse(line) as Told);
    });
    return { child, ready: await ready };
  };

  const startedAt = nowMs();
  const first = await startProcess(0);
  let current: Child | null = first.child;
  const end = async (how: 'stop' | 'kill'): Promise<void> => {
    await current?.[how]();
    current = null;
  };
  return {
    url: first.ready.url,
    operatorToken: first.ready.operatorToken,
    hidden: first.ready.hidden,
    startedInMs: first.ready.at - startedAt,
    start: async () => {
      const { child, ready } = await startProcess(first.ready.port);
      current = child;
      return ready.at;
    },
    kill: () => end('kill'),
    stop: () => end('stop'),
    once,
    hear,
  };
};
