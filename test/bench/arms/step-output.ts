import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Arm } from '../arm.ts';
import { runToEnd } from '../child.ts';
import { readRss } from '../memory.ts';
import { alternate, median, medianRatio } from '../rounds.ts';
import { atMost, ratioAtMost } from '../row.ts';

const TOTAL_MIB = 1024;
const TEXT_MIB = 64;
const SAMPLE_MS = 50;

/** Lines as a tool prints them, so that the masker has something to look at. */
const writeText = (path: string): void => {
  const lines: string[] = [];
  for (let index = 0; lines.length < 8192; index++) {
    lines.push(`terraform_data.server["${index}"]: Still creating... [id=${index * 7919}, ${index % 600}s elapsed]`);
  }
  const block = Buffer.from(`${lines.join('\n')}\n`.repeat(4)).subarray(0, 2 ** 20);
  const file = openSync(path, 'w');
  for (let mib = 0; mib < TEXT_MIB; mib++) writeSync(file, block);
  closeSync(file);
};

/** A step that writes 1 GiB in 64 KiB writes; beside it the same command into a file, timed by itself in both cases. */
export const stepOutput: Arm = {
  name: 'step-output',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    const text = join(directory, 'text');
    writeText(text);
    const times = join(directory, 'times');
    const toScript = (mib: number): string =>
      [
        'begin=$(date +%s%N) i=0',
        `while [ $i -lt ${mib / TEXT_MIB} ]; do dd if=${text} bs=64k status=none; i=$((i + 1)); done`,
        `echo "$begin $(date +%s%N)" > ${times}`,
      ].join('\n');
    const readTime = (): number => {
      const [begin = 0n, end = 0n] = readFileSync(times, 'utf8').trim().split(' ').map(BigInt);
      return Number(end - begin) / 1e6;
    };
    const runner = await system.startRunner(programs.runner);
    const makeReady = (mib: number) =>
      system.makeReady('script', dir, [[{ key: 'print', options: { script: toScript(mib) } }]]);
    const small = await makeReady(TEXT_MIB);
    const large = await makeReady(TOTAL_MIB);
    await system.finish(await system.startPipeline(small));

    const runOurs = async () => {
      const before = readRss(runner.pid);
      let most = before;
      const sampler = setInterval(() => (most = Math.max(most, readRss(runner.pid))), SAMPLE_MS);
      let bytes = 0;
      let [first, last] = [0, 0];
      const stop = system.onAppended(({ at, size }) => {
        first ||= at;
        last = at;
        bytes += size;
      });
      await system.finish(await system.startPipeline(large));
      clearInterval(sampler);
      stop();
      if (bytes < TOTAL_MIB * 2 ** 20) throw new Error(`only ${bytes} bytes arrived`);
      return { wallMs: readTime(), growthMib: most - before, rate: (bytes / 2 ** 20 / (last - first)) * 1000 };
    };
    const runFloor = async () => {
      const target = join(directory, 'floor');
      await runToEnd('sh', ['-e', '-c', `{\n${toScript(TOTAL_MIB)}\n} > ${target}`]);
      const wallMs = readTime();
      rmSync(target);
      await runToEnd('sh', ['-e', '-c', `{\n${toScript(TOTAL_MIB)}\n} | cat > /dev/null`]);
      return { wallMs, pipeRate: (TOTAL_MIB / readTime()) * 1000 };
    };
    const { ours, floor } = await alternate(rounds ?? 3, runOurs, runFloor);
    const walls = [ours.map(({ wallMs }) => wallMs), floor.map(({ wallMs }) => wallMs)] as const;
    const rates = [ours.map(({ rate }) => rate), floor.map(({ pipeRate }) => pipeRate)] as const;
    const growth = ours.map(({ growthMib }) => growthMib);
    const row = { arm: 'step-output' };
    return [
      {
        ...row,
        what: '1 GiB in 64 KiB writes, the step itself, against `> file`',
        unit: 'ms',
        ours: median(walls[0]),
        floor: median(walls[1]),
        ratio: medianRatio(...walls),
        goal: ratioAtMost(1.1),
      },
      {
        ...row,
        what: 'rate at which the server receives it, against `| cat`',
        unit: 'MiB/s',
        ours: median(rates[0]),
        floor: median(rates[1]),
        ratio: medianRatio(...rates),
        goal: null,
      },
      {
        ...row,
        what: 'growth of the runner meanwhile',
        unit: 'MiB',
        ours: median(growth),
        floor: null,
        ratio: null,
        goal: atMost(32),
      },
    ];
  },
};
