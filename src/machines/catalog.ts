import type { AnyStateMachine } from 'xstate';
import { deliveryMachine } from './delivery.machine.ts';
import { jobMachine } from './job.machine.ts';
import { leaseMachine } from './lease.machine.ts';
import { pipelineMachine } from './pipeline.machine.ts';
import { runnerMachine } from './runner.machine.ts';
import { stepMachine } from './step.machine.ts';

/** Every machine by its id: what laws walk, diagrams draw and traces fold. */
export const MACHINES: Readonly<Record<string, AnyStateMachine>> = {
  runner: runnerMachine,
  lease: leaseMachine,
  job: jobMachine,
  step: stepMachine,
  delivery: deliveryMachine,
  pipeline: pipelineMachine,
};
