import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { readCloud } from '../../faults/cloud/cloud.ts';
import { startProvider } from '../../faults/provider/start-provider.ts';
import type { Arm } from '../arm.ts';
import { createByHand, toStages } from '../by-hand.ts';
import type { Kept } from '../control-plane-main.ts';
import { alternate, fromWall, median, medianRatio, nowMs, quantile } from '../rounds.ts';
import { atMost } from '../row.ts';
import { readStateNames, writeSimModule } from '../sim-module.ts';

/** A resource is finished → a state with it is stored at the control plane; beside it: → it is in the state file of a hand. */
export const state: Arm = {
  name: 'state',
  run: async ({ system, programs, directory, rounds }) => {
    const clouds = { ours: join(directory, 'cloud'), floor: join(directory, 'cloud-by-hand') };
    // Steps of an ordinary user cannot see the provider's pid: test/faults/provider.
    const watched = process.getuid?.() === 0 ? {} : { watchedPid: 1 };
    const provider = await startProvider(clouds.ours, watched);
    const providerByHand = await startProvider(clouds.floor);
    await system.startRunner(programs.runner, {
      ...(await system.makeRunner()),
      stepEnvironment: { TF_REATTACH_PROVIDERS: provider.reattach },
    });

    /** For each object the time from its end at the provider to its first mention in a state. */
    const toDelays = (cloud: string, names: readonly string[], mentionedAt: ReadonlyMap<string, number>): number[] => {
      const done = readCloud(cloud).calls.filter(({ call, moment }) => call === 'create' && moment === 'done');
      return names.map((name) => {
        const doneAt = done.find((call) => call.name === name)?.at;
        const at = mentionedAt.get(name);
        if (doneAt === undefined || at === undefined) throw new Error(`${name} was not seen`);
        return at - fromWall(doneAt);
      });
    };
    let count = 0;
    const runOurs = async () => {
      const { module, names } = writeSimModule(directory, `ours${++count}`);
      const ready = await system.makeReady('terraform', module, toStages({ requireApproval: false }));
      const versions: Kept[] = [];
      const leave = system.onKept((kept) => versions.push(kept));
      await system.finish(await system.startPipeline(ready));
      leave();
      const storedAt = new Map<string, number>();
      for (const { at, serial } of versions) {
        const path = `/api/architectures/${ready.architecture}/states/${serial}`;
        const inside = readStateNames(JSON.stringify(await system.call('GET', path)));
        for (const name of inside) storedAt.set(name, Math.min(at, storedAt.get(name) ?? Infinity));
      }
      return toDelays(clouds.ours, names, storedAt);
    };
    const runFloor = async () => {
      const { module, names } = writeSimModule(directory, `hand${++count}`);
      const byHand = createByHand(module, directory, { TF_REATTACH_PROVIDERS: providerByHand.reattach });
      const dir = byHand.copy();
      await byHand.plan(dir);
      const writtenAt = new Map<string, number>();
      const watcher = watch(dir, (_, changed) => {
        if (changed !== 'terraform.tfstate') return;
        const now = nowMs();
        const inside = readStateNames(readFileSync(join(dir, changed), 'utf8'));
        for (const name of inside) if (!writtenAt.has(name)) writtenAt.set(name, now);
      });
      await byHand.apply(dir);
      watcher.close();
      return toDelays(clouds.floor, names, writtenAt);
    };
    const { ours, floor } = await alternate(rounds ?? 4, runOurs, runFloor);
    await provider.stop();
    await providerByHand.stop();
    const row = { arm: 'state', unit: 'ms' };
    return [
      {
        ...row,
        what: 'resource finished → its state stored at the control plane, by hand: in its file, p50',
        ours: median(ours.flat()),
        floor: median(floor.flat()),
        ratio: medianRatio(ours.map(median), floor.map(median)),
        goal: null,
      },
      {
        ...row,
        what: 'the same, p99',
        ours: quantile(ours.flat(), 0.99),
        floor: quantile(floor.flat(), 0.99),
        ratio: null,
        goal: atMost(500),
      },
    ];
  },
};
