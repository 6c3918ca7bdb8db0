import { createRandom } from '../helpers/create-random.ts';

/** One object of a run's architecture, as the simulated provider makes it. */
export interface ObjectPlan {
  name: string;
  content: string;
  delayMs: number;
  fail: 'create' | 'after-create' | 'delete' | null;
  stop: 'ignore' | 'honour';
  /** Names of objects that are made before it. */
  needs: string[];
}
export type Flow = 'apply' | 'plan, apply' | 'apply, destroy';
/** One pipeline on an architecture of its own. */
export interface RunPlan {
  /** Counted from 1 over the whole suite. */
  number: number;
  name: string;
  flow: Flow;
  objects: ObjectPlan[];
}
export const FAULTS = [
  'kill runner',
  'kill runner at a record',
  'reboot',
  'kill control plane',
  'freeze runner',
  'freeze control plane',
  'partition',
  'silence',
  'lose replies',
  'late replies',
  'drain runner',
  'cancel',
  'fill disk',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** When a fault strikes: after a time, or when something has happened so often since the runs began. */
export interface Moment {
  after: 'ms' | 'created' | 'creating' | 'claim' | 'step' | 'exit' | 'result' | 'seal';
  count: number;
}
export interface FaultPlan {
  name: FaultName;
  when: Moment;
  /** Which runner, or which run; the fault takes it modulo how many there are. */
  target: number;
  /** How long it lasts: until the successor starts, until the network heals. */
  forMs: number;
  /** Its strength, from 0 to 1, where it has one. */
  share: number;
}
/** Some runs at once, and what goes wrong meanwhile. A pure function of seed and number. */
export interface Scenario {
  number: number;
  seed: number;
  runs: RunPlan[];
  faults: FaultPlan[];
}

export const RUNS_PER_SCENARIO = 4;
export const RUNNERS = 2;
export const SLOTS = 2;

interface Dice {
  /** From `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

const createDice = (random: () => number): Dice => {
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return {
    between,
    chance: (share) => random() < share,
    pick: (from) => {
      const picked = from[Math.floor(random() * from.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
  };
};

const toRun = (dice: Dice, number: number): RunPlan => {
  const name = `run-${number}`;
  const flow = dice.pick<Flow>(['apply', 'apply', 'plan, apply', 'plan, apply', 'apply, destroy']);
  const objects: ObjectPlan[] = [];
  const count = dice.between(2, 6);
  while (objects.length < count) {
    objects.push({
      name: `${name}-${objects.length}`,
      content: `content ${dice.between(0, 1_000_000)}`,
      delayMs: dice.chance(0.2) ? dice.between(300, 900) : dice.between(10, 200),
      fail: null,
      stop: dice.chance(0.25) ? 'honour' : 'ignore',
      needs: objects.filter(() => dice.chance(0.35)).map((object) => object.name),
    });
  }
  const failing = dice.chance(0.2) ? dice.pick(objects) : null;
  if (failing)
    failing.fail = flow === 'apply, destroy' ? dice.pick(['create', 'delete']) : dice.pick(['create', 'after-create']);
  return { number, name, flow, objects };
};

/** What the fault hits while it is interesting: most strike when something has happened, the others at any time. */
const toMoment = (dice: Dice): Moment => {
  const after = dice.pick<Moment['after']>([
    'ms',
    'ms',
    'ms',
    'created',
    'created',
    'creating',
    'creating',
    'claim',
    'step',
    'exit',
    'result',
    'seal',
  ]);
  const most = { ms: 3000, created: 6, creating: 8, claim: 4, step: 12, exit: 12, result: 3, seal: 3 }[after];
  return { after, count: dice.between(1, most) };
};

const toFault = (dice: Dice): FaultPlan => ({
  name: dice.pick(FAULTS),
  when: toMoment(dice),
  target: dice.between(0, RUNS_PER_SCENARIO - 1),
  forMs: dice.chance(0.4) ? 0 : dice.between(100, 1500),
  share: dice.between(1, 100) / 100,
});

/** The same seed, number and density give the same scenario; only its timing is the host's. `density`: how many faults at most. */
export const toScenario = (seed: number, number: number, density: number): Scenario => {
  const own = Math.imul(seed, 1_000_003) + number;
  const dice = createDice(createRandom(own));
  const first = (number - 1) * RUNS_PER_SCENARIO + 1;
  return {
    number,
    seed: own >>> 0,
    runs: Array.from({ length: RUNS_PER_SCENARIO }, (_, index) => toRun(dice, first + index)),
    faults: Array.from({ length: dice.between(Math.max(1, density - 1), density) }, () => toFault(dice)),
  };
};
