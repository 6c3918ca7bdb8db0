import { describe, expect, it } from 'vitest';
import { deliveryMachine } from '../../src/machines/delivery.machine.ts';
import { jobMachine } from '../../src/machines/job.machine.ts';
import { leaseMachine } from '../../src/machines/lease.machine.ts';
import { runnerMachine } from '../../src/machines/runner.machine.ts';
import { stepMachine } from '../../src/machines/step.machine.ts';
import { createDesires } from '../../src/actors/desires.ts';
import { provideRunner, unfilledSlots } from '../../src/actors/provide.ts';
import { createSessions } from '../../src/actors/sessions.ts';
import type { World } from '../../src/actors/world.ts';

type Provided = { implementations: { actors: Record<string, Provided> } };

describe("a runner's machines", () => {
  // No door is touched while slots are filled: a world without doors is enough.
  const runner = provideRunner({} as World, new Map(), createSessions(), createDesires()) as unknown as Provided;
  const job = runner.implementations.actors['job'] as Provided;
  const child = (name: string) => job.implementations.actors[name] as Provided;

  it.each([
    ['runner', runnerMachine, runner],
    ['job', jobMachine, job],
    ['step', stepMachine, child('step')],
    ['lease', leaseMachine, child('lease')],
    ['delivery', deliveryMachine, child('delivery')],
  ])('have no slot of %s left to a placeholder', (_, original, provided) => {
    expect(unfilledSlots(original, provided)).toEqual([]);
  });
  it('would be caught with one left', () => {
    expect(unfilledSlots(leaseMachine, leaseMachine)).toEqual(['renewLease']);
  });
});
