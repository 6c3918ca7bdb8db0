// `npm run bench`: every figure beside the floor of the same run. docs/bench.md explains it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Arm } from './arm.ts';
import { cancel } from './arms/cancel.ts';
import { deliver } from './arms/deliver.ts';
import { eight } from './arms/eight.ts';
import { idle } from './arms/idle.ts';
import { journal } from './arms/journal.ts';
import { noOp } from './arms/no-op.ts';
import { pickup } from './arms/pickup.ts';
import { planApply } from './arms/plan-apply.ts';
import { readopt } from './arms/readopt.ts';
import { slope } from './arms/slope.ts';
import { start } from './arms/start.ts';
import { state } from './arms/state.ts';
import { stepOutput } from './arms/step-output.ts';
import { breakOff, brokenOff } from './break-off.ts';
import { killChildren } from './child.ts';
import { closeClient } from './client.ts';
import { run as runMask } from './mask.ts';
import { bundlePrograms, profilePrograms } from './programs.ts';
import { nowMs } from './rounds.ts';
import { isReached, toTable, type Row } from './row.ts';
import { startSystem } from './system.ts';

/** The last one leaves much to be written back to the disk. */
const ARMS: readonly Arm[] = [
  idle,
  start,
  pickup,
  planApply,
  eight,
  noOp,
  cancel,
  state,
  readopt,
  deliver,
  journal,
  stepOutput,
];
/** Only where they are named. */
const LONG_ARMS: readonly Arm[] = [slope];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    jobs: { type: 'string' },
    profile: { type: 'string' },
  },
});
const all = [...ARMS, ...LONG_ARMS];
const names = [...all.map(({ name }) => name), 'mask'];
const wanted = values.only ?? ARMS.map(({ name }) => name);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no arm ${unknown}: ${names.join(', ')}.`);
  process.exit(2);
}

const toCount = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
const tell = (line: string): void => {
  if (!values.json) console.error(line);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => breakOff(signal));

const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
const rows: Row[] = [];
try {
  const programs = values.profile === undefined ? await bundlePrograms() : profilePrograms(resolve(values.profile));
  for (const arm of all.filter(({ name }) => wanted.includes(name))) {
    const own = join(directory, arm.name);
    mkdirSync(own);
    const startedAt = nowMs();
    const system = await Promise.race([startSystem(programs, own), brokenOff]);
    try {
      const counts = { rounds: toCount(values.rounds), jobs: toCount(values.jobs) };
      const running = arm.run({ programs, directory: own, system, tell, ...counts });
      running.catch(() => {});
      rows.push(...(await Promise.race([running, brokenOff])));
    } finally {
      await system.close();
      rmSync(own, { recursive: true, force: true });
    }
    tell(`${arm.name}: ${((nowMs() - startedAt) / 1000).toFixed(0)} s`);
  }
  if (wanted.includes('mask')) {
    for (const { name, value, unit, ratio } of await runMask()) {
      rows.push({ arm: 'mask', what: name, unit, ours: value, floor: null, ratio, goal: null });
    }
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await killChildren();
  closeClient();
  rmSync(directory, { recursive: true, force: true });
}

// Where it was broken off, the arm may still be waiting for something.
if (process.exitCode === 1) process.exit();

const [cpu] = cpus();
const host = `${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
if (values.json) console.log(JSON.stringify({ host, rows: rows.map((row) => ({ ...row, reached: isReached(row) })) }));
else console.log(`${host}\n\n${toTable(rows)}`);
