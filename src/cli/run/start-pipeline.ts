import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../../protocol/job.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { packSource } from '../pack/pack-source.ts';

export interface StartOptions {
  operator: OperatorClient;
  architecture: string;
  directory: string;
  workflow: { name: string; stages: readonly (readonly object[])[] };
  needsTerraform: boolean;
  root?: string | null;
  maxBundleBytes?: number;
  variables?: Record<string, string>;
  varFiles?: readonly string[];
  secrets?: Secret[];
  target?: string | null;
}

/** Packs a directory, uploads it, and starts one run of a workflow on it. */
export const startPipeline = async (options: StartOptions): Promise<PipelineView> => {
  const { operator } = options;
  const temporary = await mkdtemp(join(tmpdir(), 'signalbox-pack-'));
  try {
    const packed = await packSource(options.directory, {
      root: options.root ?? null,
      ...(options.maxBundleBytes !== undefined && { maxBytes: options.maxBundleBytes }),
      varFiles: options.varFiles ?? [],
      out: join(temporary, 'source.tar.gz'),
      needsTerraform: options.needsTerraform,
    });
    const { sha256, size, root, dir } = packed;
    await operator.upload(sha256, packed.file);
    const workflow = await operator.putWorkflow(options.architecture, options.workflow);
    return await operator.createPipeline({
      workflow: workflow.id,
      source: { sha256, size, root, dir },
      variables: options.variables ?? {},
      varFiles: packed.varFiles,
      secrets: options.secrets ?? [],
      target: options.target ?? null,
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};
