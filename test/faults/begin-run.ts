import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packSource } from '../../src/cli/pack/pack-source.ts';
import type { PipelineView } from '../../src/protocol/rest.ts';
import type { Box } from './box/box.ts';
import { toModule } from './module.ts';
import type { Reconciled } from './reconcile.ts';
import type { Flow, RunPlan } from './scenario.ts';

/** A run with the pipeline that it became. */
export interface Begun {
  plan: RunPlan;
  pipeline: string;
  architecture: string;
  /** As it settled; null: it has not. */
  view: PipelineView | null;
  /** Null: nobody had to. */
  reconciled: Reconciled | null;
}

interface TaskInput {
  key: string;
  options: { action: string };
  planFrom?: string;
}
const STAGES: Readonly<Record<Flow, TaskInput[][]>> = {
  apply: [[{ key: 'apply', options: { action: 'apply' } }]],
  'plan, apply': [
    [{ key: 'plan', options: { action: 'plan' } }],
    [{ key: 'apply', options: { action: 'apply' }, planFrom: 'plan' }],
  ],
  'apply, destroy': [
    [{ key: 'apply', options: { action: 'apply' } }],
    [{ key: 'destroy', options: { action: 'destroy' } }],
  ],
};

/** Architecture, workflow and source bundle of a run; starts its pipeline. */
export const beginRun = async ({ operator, directory }: Box, plan: RunPlan): Promise<Begun> => {
  const own = join(directory, 'modules', plan.name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'main.tf'), toModule(plan));
  const out = `${own}.tgz`;
  const packed = await packSource(own, { root: null, varFiles: [], out, needsTerraform: true });
  await operator.bytes('PUT', `/api/blobs/${packed.sha256}`, readFileSync(out));
  const kind = 'terraform';
  const architecture = await operator.call<{ id: string }>('POST', '/api/architectures', { name: plan.name, kind });
  const stages = STAGES[plan.flow].map((stage) => stage.map((task) => ({ ...task, kind, title: task.key })));
  const workflow = await operator.call<{ id: string }>('PUT', `/api/architectures/${architecture.id}/workflows`, {
    name: 'faults',
    stages,
  });
  const { sha256, size, root, dir } = packed;
  const source = { sha256, size, root, dir };
  const { id } = await operator.call<PipelineView>('POST', '/api/pipelines', { workflow: workflow.id, source });
  return { plan, pipeline: id, architecture: architecture.id, view: null, reconciled: null };
};
