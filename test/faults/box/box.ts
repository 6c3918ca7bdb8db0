import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerContext } from '../../../src/server/context.ts';
import type { Programs } from '../programs.ts';
import { startProvider } from '../provider/start-provider.ts';
import { createControlPlane, type ControlPlane } from './control-plane.ts';
import { createOperator, type Operator } from './operator.ts';
import { createRunner, type Runner } from './runner.ts';
import { createSmallDisk, type SmallDisk } from './small-disk.ts';

/** Real parts, each in a process of its own: a control plane, runners behind bad networks, and a cloud that outlives all. */
export interface Box {
  readonly directory: string;
  readonly controlPlane: ControlPlane;
  readonly runners: readonly Runner[];
  readonly operator: Operator;
  readonly cloud: string;
  /** Where the last runner's state directory lies; null: this host lets nobody mount. */
  readonly smallDisk: SmallDisk | null;
  /** Every step carries it in its environment, and so does whatever a step starts. */
  readonly mark: string;
  close(): Promise<void>;
}

export interface BoxOptions {
  programs: Programs;
  directory: string;
  runners: number;
  slots: number;
  seed: number;
  timers?: Partial<ServerContext['timers']>;
}

/** Shorter than in the field, so that what waits for them costs no minutes; a lease is never lost by a fault that heals. */
const TIMERS: Partial<ServerContext['timers']> = {
  offerMs: 3000,
  leaseMs: 10_000,
  renewMs: 1000,
  pollHoldMs: 5000,
  tickMs: 500,
};
const PATIENCE_MS = 30_000;

export const openBox = async (options: BoxOptions): Promise<Box> => {
  const { directory, programs } = options;
  const cloud = join(directory, 'cloud');
  mkdirSync(cloud, { recursive: true });
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    // Each has its turn, whatever became of the others.
    for (const end of closing.splice(0).toReversed()) await end().catch(() => {});
  };
  try {
    const provider = await startProvider(cloud);
    closing.push(() => provider.stop());
    const controlPlane = await createControlPlane(programs.controlPlane, {
      data: join(directory, 'data'),
      timers: { ...TIMERS, ...options.timers },
      logFile: join(directory, 'control-plane.log'),
    });
    closing.push(() => controlPlane.stop());
    const smallDisk = createSmallDisk(join(directory, 'small-disk'));
    if (smallDisk) closing.push(async () => smallDisk.remove());
    const operator = createOperator(controlPlane, PATIENCE_MS);
    const mark = `signalbox-faults ${directory}`;
    const runners: Runner[] = [];
    for (let index = 0; index < options.runners; index++) {
      const { token } = await operator.call<{ token: string }>('POST', '/api/runners');
      const own = join(directory, `runner-${index}`);
      mkdirSync(own);
      const isLast = index === options.runners - 1;
      const runner = await createRunner({
        index,
        program: programs.runner,
        controlPlane,
        token,
        directory: own,
        stateDirectory: isLast && smallDisk ? join(smallDisk.path, 'state') : null,
        slots: options.slots,
        stepEnvironment: { TF_REATTACH_PROVIDERS: provider.reattach, FAULT_BOX: mark },
        seed: options.seed + index,
      });
      closing.push(() => runner.stop());
      runners.push(runner);
    }
    return { directory, controlPlane, runners, operator, cloud, smallDisk, mark, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The last lines that each process of the box wrote: what a failed run is told with. */
export const readLastWords = ({ directory, runners }: Box, lines: number): string => {
  const files = ['control-plane.log', ...runners.map(({ index }) => `runner-${index}/runner.log`)];
  return files
    .map((file) => {
      const text = readFileSync(join(directory, file), 'utf8').trimEnd();
      return `${file}:\n${text.split('\n').slice(-lines).join('\n')}`;
    })
    .join('\n');
};
