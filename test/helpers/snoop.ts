import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a hostile step found which mark, by name: see test/fixtures/bin/snoops.mjs. */
export interface Reach {
  environment: string[];
  environ: string[];
  cmdline: string[];
  memory: string[];
  descriptors: string[];
  directories: string[];
  root: string[];
  signals: boolean;
  files: string[];
  nested: string[];
  unmounted: string[];
}

const reverse = (text: string): string => [...text].toReversed().join('');

/** The arguments that make Node.js a snoop. The marks travel in disguise, so that it does not find its own order. */
export const toSnoop = (order: { marks: Record<string, string>; paths: string[]; pids: number[] }): string[] => {
  const marks = Object.fromEntries(Object.entries(order.marks).map(([name, value]) => [name, reverse(value)]));
  const program = fileURLToPath(new URL('../fixtures/bin/snoops.mjs', import.meta.url));
  return [program, Buffer.from(JSON.stringify({ ...order, marks })).toString('base64')];
};

export const readReach = (output: string): Reach => {
  const line = output.split('\n').find((one) => one.includes('reach {'));
  if (line === undefined) throw new Error(`The snoop told nothing: ${output}`);
  return JSON.parse(line.slice(line.indexOf('reach {') + 6)) as Reach;
};

const readScope = (): number => {
  try {
    return Number(readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8'));
  } catch {
    return 0;
  }
};

/** Whether a process of this user may read the memory of another that is not its child. */
export const canReadMemory = readScope() < (process.getuid?.() === 0 ? 3 : 1);
