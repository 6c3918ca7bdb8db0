import { describe, expect, it } from 'vitest';
import { FAULTS, RUNS_PER_SCENARIO, toScenario } from './scenario.ts';

const many = Array.from({ length: 200 }, (_, index) => toScenario(1, index + 1, 3));

describe('a scenario', () => {
  it('is the same for the same seed, number and density, and another for any other', () => {
    expect(toScenario(7, 3, 3)).toEqual(toScenario(7, 3, 3));
    expect(toScenario(8, 3, 3)).not.toEqual(toScenario(7, 3, 3));
    expect(toScenario(7, 4, 3).faults).not.toEqual(toScenario(7, 3, 3).faults);
  });

  it('numbers its runs over the whole suite', () => {
    expect(many.flatMap(({ runs }) => runs.map(({ number }) => number))).toEqual(
      Array.from({ length: many.length * RUNS_PER_SCENARIO }, (_, index) => index + 1),
    );
  });

  it('has two or three faults of a density of three, and all kinds of them come', () => {
    expect(new Set(many.map(({ faults }) => faults.length))).toEqual(new Set([2, 3]));
    expect(new Set(many.flatMap(({ faults }) => faults.map(({ name }) => name)))).toEqual(new Set(FAULTS));
  });

  it('has objects that only need those before them', () => {
    for (const { objects } of many.flatMap(({ runs }) => runs)) {
      const names = objects.map(({ name }) => name);
      objects.forEach(({ needs }, index) => expect(names.slice(0, index)).toEqual(expect.arrayContaining(needs)));
    }
  });
});
