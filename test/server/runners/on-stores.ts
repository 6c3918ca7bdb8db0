import { afterAll, beforeAll, describe } from 'vitest';
import { createScene, type Scene } from './scene.ts';
import { createTmp } from './tmp-store.ts';

/** A scene whose wall clock stands until the test moves it. */
export interface Play extends Scene {
  pass(ms: number): void;
}

export const describeScenes = (title: string, tests: (play: () => Promise<Play>) => void): void =>
  describe(title, () => {
    let t: Awaited<ReturnType<typeof createTmp>>;
    beforeAll(async () => {
      t = await createTmp();
    });
    afterAll(async () => t.close());
    tests(async () => {
      let at = 1_000_000;
      const context = { ...t.context, clock: { ...t.context.clock, now: () => at } };
      return { ...(await createScene(context)), pass: (ms: number) => void (at += ms) };
    });
  });
