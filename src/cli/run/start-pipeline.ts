import type { Secret } from '../../protocol/job.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { PackedSource } from '../pack/pack-source.ts';

export interface StartOptions {
  operator: Pick<OperatorClient, 'upload' | 'putWorkflow' | 'createPipeline'>;
  architecture: string;
  packed: PackedSource;
  workflow: { name: string; stages: readonly (readonly object[])[] };
  variables?: Record<string, string>;
  secrets?: Secret[];
  target?: string | null;
}

/** Uploads packed code, and starts one run of a workflow on it. */
export const startPipeline = async (options: StartOptions): Promise<PipelineView> => {
  const { operator, packed, variables = {}, secrets = [], target = null } = options;
  const { sha256, size, root, dir, varFiles } = packed;
  await operator.upload(sha256, packed.file);
  const workflow = await operator.putWorkflow(options.architecture, options.workflow);
  const source = { sha256, size, root, dir };
  return operator.createPipeline({ workflow: workflow.id, source, variables, varFiles, secrets, target });
};
